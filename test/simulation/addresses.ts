import { BlockList, isIP } from 'node:net';

type Family = 'ipv4' | 'ipv6';

/** The family of an address, or undefined where the text is none. */
export function family(address: string): Family | undefined {
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}

const blocks = new Map<string, { readonly list: BlockList; readonly family: Family }>();

function block(cidr: string): { readonly list: BlockList; readonly family: Family } {
  const known = blocks.get(cidr);
  if (known !== undefined) return known;
  const [address = '', length = ''] = cidr.split('/');
  const version = family(address);
  if (version === undefined || !/^\d+$/.test(length)) throw new Error(`Cannot read "${cidr}" as a CIDR block`);
  const list = new BlockList();
  list.addSubnet(address, Number(length), version);
  const made = { list, family: version };
  blocks.set(cidr, made);
  return made;
}

/** Whether a block holds an address, or all of a smaller block. */
export function contains(cidr: string, part: string): boolean {
  const [address = '', length] = part.split('/');
  if (length !== undefined && Number(length) < Number(cidr.split('/')[1])) return false;
  const outer = block(cidr);
  const version = family(address);
  // Of one family only: an IPv4 block does not hold IPv6 addresses that happen to carry an IPv4 one.
  return version === outer.family && outer.list.check(address, version);
}
