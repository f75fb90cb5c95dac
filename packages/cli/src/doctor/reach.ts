import { type Finding, problem } from './check.ts'
import { type Answer, NoAnswer, type Http, type Question } from './http.ts'

/**
 * Asks a server whose answer is what is checked.
 *
 * @param cure what to do when it is out of reach
 */
export async function reach(
  http: Http,
  url: string,
  cure: string,
  judge: (answer: Answer) => Finding,
  question?: Question,
): Promise<Finding> {
  try {
    return judge(await http.ask(url, question))
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    return problem(error.message, cure)
  }
}
