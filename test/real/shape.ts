/** The structure of JSON without its values: the names and types of fields. */

type JsonType = "null" | "boolean" | "number" | "string" | "object" | "array";

export interface Shape {
  readonly types: readonly JsonType[];
  /** The fields of objects. */
  readonly fields: Readonly<Record<string, Field>>;
  /** The entries of arrays, merged into one shape; absent if no array has an entry, so that nothing is known about them. */
  readonly entries?: Shape;
}

interface Field {
  readonly shape: Shape;
  /** Whether each of the merged objects has it. */
  readonly isInEach: boolean;
}

/** One difference between two shapes. */
export interface ShapeDifference {
  /** The field, such as `data[].id`; empty for the whole value. */
  readonly path: string;
  /** What is expected there, and what was found. */
  readonly expected: string;
  readonly found: string;
  /** Whether whoever reads the expected fields does not notice it: an added field, or null in place of a value. */
  readonly isHarmless: boolean;
}

/** Merges the shapes of several values, such as the entries of an array. */
export function shapeOf(...values: readonly unknown[]): Shape {
  const objects = values.filter(isObject);
  const entries = values.filter((value) => Array.isArray(value)).flat();
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))].toSorted();
  return {
    types: [...new Set(values.map(typeOf))].toSorted(),
    fields: Object.fromEntries(
      names.map((name) => {
        const having = objects.filter((object) => Object.hasOwn(object, name));
        const shape = shapeOf(...having.map((object) => object[name]));
        return [name, { shape, isInEach: having.length === objects.length }];
      }),
    ),
    ...(entries.length > 0 && { entries: shapeOf(...entries) }),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param value parsed from JSON */
function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as JsonType;
}

/** A field that only one of the two shapes has. */
interface Lone {
  /** The path of its object. */
  readonly parent: string;
  readonly name: string;
  readonly shape: Shape;
}

/** Compares two shapes. A field that was renamed or moved, with everything in it, is one difference. */
export function compareShapes(expected: Shape, found: Shape): readonly ShapeDifference[] {
  const differences: ShapeDifference[] = [];
  const missing: Lone[] = [];
  const added: Lone[] = [];

  function compare(path: string, one: Shape, other: Shape): void {
    const types = typeDifference(path, one, other);
    if (types !== undefined) differences.push(types);
    for (const [name, { shape, isInEach }] of Object.entries(one.fields)) {
      // Without an object there, its fields are not missing each by itself.
      if (!other.types.includes("object")) break;
      const counterpart = Object.hasOwn(other.fields, name) ? other.fields[name] : undefined;
      if (counterpart === undefined) {
        missing.push({ parent: path, name, shape });
        continue;
      }
      compare(joined(path, name), shape, counterpart.shape);
      if (isInEach && !counterpart.isInEach) {
        differences.push({
          path: joined(path, name),
          expected: "in each entry",
          found: "not in each",
          isHarmless: false,
        });
      }
    }
    for (const [name, { shape }] of Object.entries(other.fields)) {
      if (one.types.includes("object") && !Object.hasOwn(one.fields, name)) added.push({ parent: path, name, shape });
    }
    if (one.entries !== undefined && other.entries !== undefined) compare(`${path}[]`, one.entries, other.entries);
  }

  compare("", expected, found);
  const gone = missing.map((lone) => ({ ...lone, now: newPlaceOf(lone, added) }));
  for (const { parent, name, shape, now } of gone) {
    const path = joined(parent, name);
    differences.push({ path, expected: typesOf(shape), found: now ?? "no such field", isHarmless: false });
  }
  for (const { parent, name, shape } of added) {
    differences.push({
      path: joined(parent, name),
      expected: "no such field",
      found: typesOf(shape),
      isHarmless: true,
    });
  }
  return differences;
}

/** Where a field that is gone is now, if that is known. Takes that place out of `added`. */
function newPlaceOf(lone: Lone, added: Lone[]): string | undefined {
  // Moved first: the same name says more than the same object.
  const moved = added.flatMap(withNested).find(({ name, shape }) => name === lone.name && isSame(shape, lone.shape));
  const to = moved ?? added.find(({ parent, shape }) => parent === lone.parent && isSame(shape, lone.shape));
  if (to === undefined) return undefined;
  // A place inside an added field is not added itself.
  const index = added.indexOf(to);
  if (index !== -1) added.splice(index, 1);
  return `${moved === undefined ? "renamed" : "moved"} to ${joined(to.parent, to.name)}`;
}

/** A field, and all fields in it. */
function withNested(lone: Lone): readonly Lone[] {
  const path = joined(lone.parent, lone.name);
  const fieldsOf = (parent: string, { fields, entries }: Shape): readonly Lone[] => [
    ...Object.entries(fields).flatMap(([name, { shape }]) => withNested({ parent, name, shape })),
    ...(entries === undefined ? [] : fieldsOf(`${parent}[]`, entries)),
  ];
  return [lone, ...fieldsOf(path, lone.shape)];
}

function typeDifference(path: string, expected: Shape, found: Shape): ShapeDifference | undefined {
  if (typesOf(expected) === typesOf(found)) return undefined;
  const [some, others] = [expected, found].map(({ types }) => types.filter((type) => type !== "null").join());
  // Whether a value is null depends on the account and the request.
  const isHarmless = some === others || some === "" || others === "";
  return { path, expected: typesOf(expected), found: typesOf(found), isHarmless };
}

function typesOf({ types }: Shape): string {
  return types.join(" or ");
}

function isSame(one: Shape, other: Shape): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
