/** Words that stand for other things than a person or a serial number. */
import type { Recorded } from './archive.ts';
import { knownModules } from './kernel-modules.ts';
import { isPublic } from './originals.ts';

/**
 * Whether a name is such a word: one of the kernel's and the distribution's own files, of their paths, of
 * libvirt's XML, or of those below. To replace it everywhere would say something else of the machine.
 */
export function isEveryday(recorded: Recorded): (name: string) => boolean {
  const texts = Object.entries(recorded.texts);
  const paths = Object.values(recorded)
    .flatMap((answers) => Object.keys(answers))
    .filter((path) => /^\/(sys|proc)\//.test(path));
  const xml = Object.values(recorded.virsh).flatMap((answer) =>
    'is' in answer ? (answer.is.match(/<\w+|[\w:]+(?==')/g) ?? []) : [],
  );
  const all = [
    ...words,
    ...knownModules,
    ...new Set(paths.flatMap((path) => path.split('/'))),
    ...new Set(xml),
    ...texts.flatMap(([path, answer]) => (isPublic(path) && 'is' in answer ? [answer.is] : [])),
  ];
  const text = ` ${all.join('\n').toLowerCase()} `;
  return (name) => hasWord(text, name.toLowerCase());
}

function hasWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const around = [text[at - 1] ?? ' ', text[at + name.length] ?? ' '];
    if (!around.some((character) => /[\p{L}\p{N}]/u.test(character))) return true;
  }
  return false;
}

const words = `on off yes no true false auto none null default always never madvise enabled disabled
  user users admin administrator guest host localhost localdomain local home root desk desktop laptop pc
  server workstation machine computer linux debian ubuntu fedora arch archlinux nixos opensuse manjaro mint
  pop gentoo rocky rhel centos windows win win7 win10 win11 games gaming vm vms qemu libvirt system session
  looking-glass handglass keyboard pointer mouse tablet spice vnc virtio kvm vfio pt iommu intel amd nvidia
  usb pci disk network bridge eth0 br0 quiet splash ro rw boot efi grub data backup work test tmp var etc lib
  run dev usr bin sbin opt srv mnt media shm max min mark kernel driver yes performance powersave schedutil
  uid gid groups active inactive running owner group mode name domain domains path seat input serial vendor
  product id state reason options blacklist softdep install alias modules hooks section device image images`
  .split(/\s+/)
  .filter(Boolean);
