import { BlockList, isIPv6 } from "node:net";
import { domainToUnicode } from "node:url";

/**
 * Addresses at which no API is. Those of the link and of a cloud's metadata hand out a machine's own credentials, and
 * log what they are asked. Private networks are not among them: gateways are there.
 */
const special = new BlockList();
special.addSubnet("0.0.0.0", 8);
special.addSubnet("224.0.0.0", 3); // multicast, reserved, broadcast
special.addSubnet("169.254.0.0", 16); // link-local: the metadata of AWS, Azure, Google Cloud, Oracle, ECS and EKS
special.addAddress("100.100.100.200"); // metadata of Alibaba Cloud
special.addAddress("168.63.129.16"); // Azure's own channel to a machine
special.addAddress("192.0.0.192"); // metadata of Oracle Cloud, older machines
special.addAddress("::", "ipv6");
special.addSubnet("ff00::", 8, "ipv6"); // multicast
special.addSubnet("fe80::", 10, "ipv6"); // link-local
special.addSubnet("fd00:ec2::", 32, "ipv6"); // metadata of AWS, EKS included
special.addAddress("fd20:ce::254", "ipv6"); // metadata of Google Cloud
special.addSubnet("64:ff9b::a9fe:0", 112, "ipv6"); // IPv4's link-local, through NAT64

/** The names of the same services. */
const metadataNames = /^(metadata(\.google\.internal|\.goog)?|instance-data(\.ec2\.internal)?)$/;

/** Letters of other alphabets that look like the ones of "deepseek". Accents are taken off before. */
const twins: Readonly<Record<string, string>> = Object.fromEntries(
  ["dԁɗđժ", "eеєҽεɛəⲉ", "pрρƿþⲣ", "sѕʂꜱ", "kкκқĸƙⲕ"].flatMap(([letter = "", ...others]) =>
    others.map((other) => [other, letter]),
  ),
);

/**
 * Why no key goes to a host, or nothing. An address that is spelled in another way (decimal, hex, octal; IPv4 inside of
 * IPv6) is the same one.
 *
 * @param hostname as `URL` gives it: lower case, punycode, IPv4 in dotted decimals, IPv6 in brackets
 */
export function objectionTo(hostname: string): string | undefined {
  if (isSpecial(hostname) || metadataNames.test(hostname)) {
    return "its host is a link-local, metadata or other special address, where no API is";
  }
  if (hostname.endsWith(".")) return "its host ends in a dot: leave the dot out";
  // What only reads like DeepSeek's host was meant to be taken for it. Other names with "deepseek" in them are gateways.
  if (/deepseek\.com[.-]/.test(hostname) || hostname.split(".").some(looksLikeDeepSeek)) {
    return "its host looks like DeepSeek's, but belongs to somebody else";
  }
  return undefined;
}

function isSpecial(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  // IPv4 inside of IPv6 is looked through by the list itself.
  return isIPv6(address) ? special.check(address, "ipv6") : /^[\d.]+$/.test(address) && special.check(address);
}

/** Whether a part of a name reads "deepseek", with letters that are not ASCII in the place of some. */
function looksLikeDeepSeek(label: string): boolean {
  if (!label.startsWith("xn--")) return false;
  const folded = domainToUnicode(label)
    .replaceAll("deepseek", "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/\P{ASCII}/gu, (letter) => twins[letter] ?? "?");
  // A letter that is not in the table may be any. With more than half of them it would be any word.
  return [...folded.matchAll(/(?=([d?][e?]{2}[p?][s?][e?]{2}[k?]))/g)].some(
    ([, word = ""]) => word.replaceAll("?", "").length >= 4,
  );
}
