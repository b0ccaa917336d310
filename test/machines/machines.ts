import { alderLake } from './alder-lake.ts';
import { b550 } from './b550.ts';
import { fedoraOstree } from './fedora-ostree.ts';
import { gtx970 } from './gtx-970.ts';
import { irisXeRocky9 } from './iris-xe-rocky-9.ts';
import { ivyBridgeDesktop } from './ivy-bridge-desktop.ts';
import type { Machine } from './machine.ts';
import { microos } from './microos.ts';
import { muxlessLaptop } from './muxless-laptop.ts';
import { nixos } from './nixos.ts';
import { rhelServer82576 } from './rhel-server-82576.ts';
import { sandyBridgeLaptop } from './sandy-bridge-laptop.ts';
import { threadripper } from './threadripper.ts';
import { ubuntuX570 } from './ubuntu-x570.ts';
import { vega } from './vega.ts';
import { x570 } from './x570.ts';

/** By the name of their golden screens. */
export const machines: Record<string, Machine> = {
  'sandy-bridge-laptop': sandyBridgeLaptop,
  'ivy-bridge-desktop': ivyBridgeDesktop,
  'gtx-970': gtx970,
  'iris-xe-rocky-9': irisXeRocky9,
  'rhel-server-82576': rhelServer82576,
  x570,
  b550,
  threadripper,
  'alder-lake': alderLake,
  'muxless-laptop': muxlessLaptop,
  'fedora-ostree': fedoraOstree,
  'ubuntu-x570': ubuntuX570,
  vega,
  nixos,
  microos,
};
