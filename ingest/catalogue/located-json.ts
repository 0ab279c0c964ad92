import {findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode} from 'jsonc-parser';

/** JSON of a file, with the line on which each of its values stands. */
export type LocatedJson = {
  value: unknown;
  /** Line, from 1, of the value (or its name) that these names and places lead to; of the nearest that is there. */
  lineOf(path: readonly (string | number)[]): number;
};

export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

function parsed(text: string): {root: Node | undefined; errors: ParseError[]} {
  const errors: ParseError[] = [];
  try {
    return {root: parseTree(text, errors, {disallowComments: true, allowTrailingComma: false}), errors};
  } catch (error) {
    if (error instanceof RangeError) throw new JsonSyntaxError(1, 'is nested too deep');
    throw error;
  }
}

/** A name that stands twice in one object, with the second one's place; null: none does. */
function doubled(root: Node): Node | null {
  const nodes: Node[] = [root];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const names = new Set<unknown>();
    for (const child of node.children ?? []) {
      nodes.push(child);
      if (node.type !== 'object') continue;
      const name = child.children?.[0];
      if (name === undefined) continue;
      if (names.has(name.value)) return name;
      names.add(name.value);
    }
  }
  return null;
}

/**
 * Reads JSON so that a person can be told on which line something is wrong.
 * @throws {JsonSyntaxError} with the line, for what is no JSON or names one thing twice.
 */
export function readLocatedJson(text: string): LocatedJson {
  const {root, errors} = parsed(text);
  const first = errors[0];
  if (first || !root) {
    const what = first ? printParseErrorCode(first.error) : 'ValueExpected';
    throw new JsonSyntaxError(lineAt(text, first?.offset ?? 0), `is no JSON (${what})`);
  }
  const twice = doubled(root);
  if (twice)
    throw new JsonSyntaxError(
      lineAt(text, twice.offset),
      `${JSON.stringify(twice.value)} stands there twice`,
    );
  return {
    value: JSON.parse(text),
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const node = findNodeAtLocation(root, path.slice(0, length));
        if (node) return lineAt(text, node.parent?.type === 'property' ? node.parent.offset : node.offset);
      }
      return lineAt(text, root.offset);
    },
  };
}
