/** What is to be seen, as data: made anew for each change, and brought into the document by draw.ts. */
export interface Element {
  tag: string;
  /** The same element goes on under the same key, wherever it then stands among its siblings. */
  key: string | undefined;
  attributes: Readonly<Record<string, string>>;
  press: (() => void) | undefined;
  children: readonly Tree[];
}

export type Tree = Element | string;

interface Properties {
  key?: string;
  press?: () => void;
  /** An attribute; one that is undefined is not there. */
  [attribute: string]: string | undefined | (() => void);
}

export function h(tag: string, properties: Properties = {}, ...children: Tree[]): Element {
  const { key, press, ...attributes } = properties;
  const given = Object.entries(attributes).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { tag, key, attributes: Object.fromEntries(given), press, children };
}

/** A sentence in which commands stand in backticks. */
export function prose(text: string): Tree[] {
  const parts = text.split('`');
  return parts
    .map((part, index) =>
      index % 2 === 1 && index < parts.length - 1 ? h('code', {}, part) : part,
    )
    .filter((part) => part !== '');
}
