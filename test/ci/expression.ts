import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** What an expression can see, by the name of the context: `github`, `vars`, `secrets`, `steps`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** The functions that ask how the job has gone so far. A condition without one of them has an unspoken `success()`. */
const statusFunctions = ["success", "failure", "always", "cancelled"] as const;

/** Whether a step or a job is to run, as GitHub decides. */
export function isToRun(condition: string | undefined, contexts: Contexts, failed = false): boolean {
  if (condition === undefined) return !failed;
  const text = condition.trim().replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const asksForStatus = statusFunctions.some((name) => text.includes(`${name}(`));
  if (failed && !asksForStatus) return false;
  return evaluate(text, contexts, failed).coerceString() === "true";
}

/** A text with the values of the expressions in it. */
export function filledIn(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => evaluate(expression, contexts).coerceString());
}

function evaluate(text: string, contexts: Contexts, failed = false): data.ExpressionData {
  const answers = { success: !failed, failure: failed, always: true, cancelled: false };
  const functions = statusFunctions.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(answers[name]),
  }));
  const expression = new Parser(new Lexer(text).lex().tokens, Object.keys(contexts), functions).parse();
  const context = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(expression, context, new Map(functions.map((each) => [each.name, each]))).evaluate();
}
