/** An SVG document as a tree, so that a text in it is escaped wherever it came from. */
export interface SvgElement {
  name: string;
  attributes: Record<string, string | number>;
  children: readonly (SvgElement | string)[];
}

export function svg(
  name: string,
  attributes: SvgElement['attributes'],
  ...children: SvgElement['children']
): SvgElement {
  return { name, attributes, children };
}

/** The markup of an element; strings in it are text. */
export function markup({ name, attributes, children }: SvgElement): string {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escaped(`${value}`)}"`,
  );
  const start = `<${name}${pairs.join('')}`;
  if (children.length === 0) return `${start}/>`;
  const content = children.map((each) => (typeof each === 'string' ? escaped(each) : markup(each)));
  return `${start}>${content.join('')}</${name}>`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML has no place at all for some characters: https://www.w3.org/TR/xml/#charsets. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
}
