import { parseXml, XmlElement } from '@rgrove/parse-xml';

let last: { xml: string; root: XmlElement | null } | null = null;

/**
 * What all of a domain's XML is in. The same text again, as most readings are, is not parsed again: that
 * takes longer than to have it from libvirt.
 */
export function rootOf(xml: string): XmlElement | null {
  if (last?.xml !== xml) last = { xml, root: parseXml(xml).root };
  return last.root;
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return childElements(element).filter((child) => child.name === name);
}

export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => child instanceof XmlElement);
}
