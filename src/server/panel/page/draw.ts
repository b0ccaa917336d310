import type { Element, Tree } from './tree.ts';

/**
 * Makes the children of a node what the trees say. Nodes that are there already are kept, so that the
 * focus stays where it is and only what has changed is read out.
 */
export function draw(parent: ParentNode & Node, trees: readonly Tree[]): void {
  const spare = [...parent.childNodes];
  for (const [index, tree] of trees.entries()) {
    const found = spare.findIndex((node) => isFor(node, tree));
    const node = found < 0 ? create(tree) : spare.splice(found, 1)[0]!;
    const there = parent.childNodes[index] ?? null;
    if (node !== there) parent.insertBefore(node, there);
    update(node, tree);
  }
  for (const node of spare) parent.removeChild(node);
}

const keys = new WeakMap<Node, string>();
const presses = new WeakMap<Node, (() => void) | undefined>();

function isFor(node: Node, tree: Tree): boolean {
  if (typeof tree === 'string') return node instanceof Text;
  return node instanceof HTMLElement && node.localName === tree.tag && keys.get(node) === tree.key;
}

function create(tree: Tree): Node {
  if (typeof tree === 'string') return document.createTextNode(tree);
  const node = document.createElement(tree.tag);
  if (tree.key !== undefined) keys.set(node, tree.key);
  node.addEventListener('click', () => presses.get(node)?.());
  return node;
}

function update(node: Node, tree: Tree): void {
  if (typeof tree === 'string') {
    // Set anew, it would be read out anew.
    if (node.nodeValue !== tree) node.nodeValue = tree;
  } else if (node instanceof HTMLElement) {
    updateElement(node, tree);
  }
}

function updateElement(node: HTMLElement, { attributes, press, children }: Element): void {
  for (const name of node.getAttributeNames()) {
    if (!(name in attributes)) node.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  presses.set(node, press);
  draw(node, children);
}
