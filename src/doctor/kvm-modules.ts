import type { Kernel } from '../system/kernel.ts';

/** Of which one runs guests with the processor's help. */
const kvmModules = ['kvm_intel', 'kvm_amd', 'kvm_pvm'];

/** /dev/kvm alone may stand there for a module that has yet to be loaded. */
export function isKvmLoaded({ modules }: Pick<Kernel, 'modules'>): boolean {
  return kvmModules.some((name) => ['loaded', 'built-in'].includes(modules[name] ?? ''));
}
