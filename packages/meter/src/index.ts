export type * from './call.ts'
export { type Operation, type OperationConvention, OPERATION_CONVENTIONS } from './operation.ts'
export {
  type ModalityTokens,
  type NormalisedUsage,
  normaliseUsage,
  type ReportedUsage,
  type Usage,
  type UsageProblem,
} from './usage.ts'
