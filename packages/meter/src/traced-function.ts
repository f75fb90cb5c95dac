import { context, createContextKey } from '@opentelemetry/api'
import { type Executed, Execution, type ExecutionTelemetry, GLOBAL_TELEMETRY } from './execution.ts'
import { ATTRIBUTE, METRIC } from './generated/gen-ai.ts'

/** Any function; its arguments and what it returns pass through. */
type AnyFunction = (...args: never[]) => unknown

/** What is known of a tool beside its name. */
export interface ToolFacts {
  /** Id of the model's call of the tool, `call_…`, where the function serves one call only. */
  readonly callId?: string
}

/** Marks the functions `tool` returns, for all copies of this package. */
const TOOL = Symbol.for('tokenmeter.tool')

/** An execution of a tool that has its span already, in the context of its function. The API makes the same key for all copies of this package. */
const RUNNING = createContextKey('tokenmeter.running-tool')

/** Name of the agent whose function runs, in the context of its function. */
const AGENT = createContextKey('tokenmeter.agent')

interface RunningTool {
  /** Absent: the function itself is one that `tool` returned, under whatever name. */
  readonly name?: string
  /** The function has been reached. */
  reached: boolean
}

/**
 * Makes every call of a function a span `execute_tool <name>`, below the active span, with what the function does below it: for loops
 * that run the tools of a model by hand. What the function returns, throws or gives bit by bit is as it was: `this`, arguments, a value at
 * once or a promise, a generator that runs when it is read. Arguments and results are recorded where content is captured on spans.
 *
 * A promise with a life of its own, such as the client's `APIPromise`, is not waited for: the span ends when it is handed out.
 *
 * Given to the client's `runTools`, or called by a function that is, under the same name, it is one execution and has one span.
 *
 * @param name of the tool, as the model knows it.
 */
export function tool<F extends AnyFunction>(name: string, run: F, facts: ToolFacts = {}): F {
  const executed = executedTool(name, facts)
  const wrapper = wrap(run, (call, args) => {
    const active = context.active()
    const running = active.getValue(RUNNING) as RunningTool | undefined
    if (running && !running.reached && (running.name ?? name) === name) {
      running.reached = true
      return call()
    }
    const execution = new Execution(ofAgent(executed), GLOBAL_TELEMETRY, args)
    return execute(execution, () => execution.follow(context.with(execution.context.deleteValue(RUNNING), call)))
  })
  Object.defineProperty(wrapper, TOOL, { value: true })
  return wrapper
}

/**
 * As `tool`, for a loop that awaits whatever the function returns, and whose function may be one that `tool` returned: that is one span.
 *
 * @param telemetry where it is told.
 */
export function runnerTool<F extends AnyFunction>(
  name: string,
  run: F,
  facts: ToolFacts,
  telemetry: ExecutionTelemetry,
): F {
  const executed = executedTool(name, facts)
  return wrap(run, (call, args) => {
    const running: RunningTool = { ...(!Object.hasOwn(run, TOOL) && { name }), reached: false }
    // The loop hands over itself as the second argument, for which nobody asked.
    const execution = new Execution(ofAgent(executed), telemetry, args.slice(0, 1))
    return execute(execution, () =>
      execution.followAwaited(context.with(execution.context.setValue(RUNNING, running), call)),
    )
  })
}

/**
 * Makes every call of a function a span `invoke_agent <name>`, with the calls of models and tools that it makes below it. Otherwise as `tool`.
 *
 * @param name of the agent, as people know it.
 */
export function agent<F extends AnyFunction>(name: string, run: F): F {
  const labels = { [ATTRIBUTE.genAiAgentName]: name }
  const attributes = { [ATTRIBUTE.genAiOperationName]: 'invoke_agent', ...labels }
  const executed = { name: `invoke_agent ${name}`, attributes, labels, duration: METRIC.genAiInvokeAgentDuration }
  return wrap(run, (call) => {
    const execution = new Execution(executed, GLOBAL_TELEMETRY)
    return execute(execution, () => execution.follow(context.with(execution.context.setValue(AGENT, name), call)))
  })
}

function executedTool(name: string, { callId }: ToolFacts): Executed {
  const labels = { [ATTRIBUTE.genAiToolName]: name, [ATTRIBUTE.genAiToolType]: 'function' }
  const attributes = {
    [ATTRIBUTE.genAiOperationName]: 'execute_tool',
    ...labels,
    ...(callId !== undefined && { [ATTRIBUTE.genAiToolCallId]: callId }),
  }
  return { name: `execute_tool ${name}`, attributes, labels, duration: METRIC.genAiExecuteToolDuration }
}

/** A tool of the agent that runs, if one does. */
function ofAgent(executed: Executed): Executed {
  const name = context.active().getValue(AGENT)
  if (typeof name !== 'string') return executed
  const agentName = { [ATTRIBUTE.genAiAgentName]: name }
  return {
    ...executed,
    attributes: { ...executed.attributes, ...agentName },
    labels: { ...executed.labels, ...agentName },
  }
}

function execute(execution: Execution, run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    execution.fail(error)
    throw error
  }
}

/** A function that looks like `run` and gives what `around` does with a call of it. */
function wrap<F extends AnyFunction>(run: F, around: (call: () => unknown, args: readonly unknown[]) => unknown): F {
  const wrapper = function (this: unknown, ...args: never[]): unknown {
    return around(() => Reflect.apply(run, this, args), args)
  }
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(wrapper, property, { value: run[property], configurable: true })
  }
  return wrapper as unknown as F
}
