/**
 * Whether a type and a text in base64 are an SSH public key: the text is a row of strings with their lengths, of which
 * the first is the type (RFC 4253, 6.6). A copy that lost its end is none.
 */
export function isPublicKey(type: string, base64: string): boolean {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== base64.replace(/=+$/, "")) return false;
  const [first, second] = stringsOf(bytes, type.includes("-cert-"));
  return first === type && second !== undefined;
}

/** The strings of a key; none if its length is another one. A certificate has numbers after its first two. */
function stringsOf(bytes: Buffer, isCertificate: boolean): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return [];
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return [];
    found.push(bytes.toString("latin1", at + 4, end));
    if (isCertificate && found.length === 2) return found;
    at = end;
  }
  return found;
}
