import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** A property of a declared type, or a member of a constant object. */
interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  /** Absent for a member of a constant object. */
  readonly type?: ts.TypeNode;
  /** The docstring in Markdown. A `@default` is its last paragraph. */
  readonly doc: string;
}

/** What a file declares under a name: an interface, a class, a constant object or a type. */
export interface Declared {
  readonly doc: string;
  readonly members: readonly Member[];
  /** The values of a union of texts. */
  readonly values: readonly string[];
}

/**
 * Reads a declaration with its docstrings from a file's text, without resolving its types.
 *
 * @param file its path in the repository
 * @throws Error if the file declares no such name
 */
export function declaration(file: string, name: string): Declared {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const found = source.statements.flatMap((statement) => declaredBy(statement, name));
  const [first, ...others] = found;
  if (first === undefined) throw new Error(`${file} declares no '${name}'.`);
  // A constant object and the type of its values have the same name; one of them has the docstring.
  return { ...first, doc: [first, ...others].map(({ doc }) => doc).join("") };
}

function declaredBy(statement: ts.Statement, name: string): Declared[] {
  if (ts.isVariableStatement(statement)) {
    const [variable] = statement.declarationList.declarations;
    if (variable?.name.getText() !== name) return [];
    const { initializer } = variable;
    const object = initializer !== undefined && ts.isAsExpression(initializer) ? initializer.expression : initializer;
    const properties = object !== undefined && ts.isObjectLiteralExpression(object) ? object.properties : [];
    return [{ doc: docOf(statement), members: properties.flatMap(memberOf), values: [] }];
  }
  if (ts.isTypeAliasDeclaration(statement) && statement.name.text === name) {
    return [{ doc: docOf(statement), members: [], values: valuesOf(statement.type) }];
  }
  if ((ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name?.text === name) {
    return [{ doc: docOf(statement), members: [...statement.members].flatMap(memberOf), values: [] }];
  }
  return [];
}

function memberOf(node: ts.Node): Member[] {
  const isField = ts.isPropertySignature(node) || ts.isPropertyDeclaration(node);
  if (!isField && !ts.isPropertyAssignment(node)) return [];
  const type = isField ? node.type : undefined;
  const isOptional = isField && node.questionToken !== undefined;
  return [{ name: node.name.getText(), isOptional, doc: docOf(node), ...(type !== undefined && { type }) }];
}

function valuesOf(type: ts.TypeNode): readonly string[] {
  if (!ts.isUnionTypeNode(type)) return [];
  return type.types.flatMap((part) =>
    ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal) ? [part.literal.text] : [],
  );
}

function docOf(node: ts.Node): string {
  const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
  const tag = doc?.tags?.find(({ tagName }) => tagName.text === "default");
  const byDefault = tag === undefined ? [] : [`Default: ${text(tag.comment)}.`];
  return [text(doc?.comment), ...byDefault].filter((part) => part !== "").join("\n\n");
}

/** A docstring's paragraphs, each on one line. */
function text(comment: ts.JSDoc["comment"]): string {
  const paragraphs = (ts.getTextOfJSDocComment(comment) ?? "").trim().split(/\n{2,}/);
  return paragraphs.map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ")).join("\n\n");
}
