// Removes from a picture what the camera wrote into it: where and when it was taken, by which camera, and comments.
// Pixels, colour profile and orientation stay. The formats: JPEG (ISO/IEC 10918-1, Exif 3.0, MPF of CIPA DC-007), PNG
// (third edition), WebP (RFC 9649), GIF89a, and HEIC and AVIF (ISO/IEC 14496-12 and 23008-12).

type Bytes = Uint8Array<ArrayBuffer>;

/** Replaces the bytes from `start` to `end`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly content: Bytes;
}

interface Box {
  readonly type: string;
  /** Where its header begins. */
  readonly at: number;
  /** Where its content begins. */
  readonly start: number;
  readonly end: number;
}

/** Where a part of an item is in the file. */
interface Location {
  readonly item: number;
  readonly start: number;
  readonly end: number;
}

const NOTHING: Bytes = new Uint8Array(0);
const EXIF = "Exif\0\0";
/** The longest beginning of a file that tells its format: HEIC and AVIF list some brands there. */
const HEAD_BYTES = 1024;

const RST0 = 0xd0;
const EOI = 0xd9;
const COM = 0xfe;
/** What a JPEG decoder uses of APP0, APP2 and APP14. Other APPn segments are metadata. */
const KEPT_SEGMENTS: Readonly<Record<number, string>> = { 0xe0: "JFIF\0", 0xe2: "ICC_PROFILE\0", 0xee: "Adobe" };
/** `zxIf` is a draft of `eXIf`; `caBX` has C2PA's claims about the picture. */
const REMOVED_CHUNKS = new Set(["eXIf", "zxIf", "tEXt", "iTXt", "zTXt", "tIME", "caBX"]);
/** The chunks of a WebP file that a decoder uses. */
const KEPT_CHUNKS = new Set(["VP8X", "ICCP", "ANIM", "ANMF", "ALPH", "VP8 ", "VP8L"]);
/** The extensions of a GIF file that a viewer uses: repetition, and the colour profile. */
const KEPT_EXTENSIONS = new Set(["NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"]);
/** The brands of HEIC and AVIF, by which they differ from videos. */
const HEIF_BRANDS = /^(?:.{4})*(?:hei|hev|mif1|msf1|avif|avis)/s;
/** Boxes of HEIC and AVIF files: of other programs, of users, the video of a motion photo, and Samsung's notes. */
const REMOVED_BOXES = new Set(["uuid", "udta", "mpvd", "sefd"]);
/** Items of HEIC and AVIF files that are metadata, by their type, and what is in one that is empty. */
const EMPTY_ITEMS: ReadonlyMap<string, Bytes> = new Map([
  // The offset of a TIFF header, and a TIFF header whose directory has no entry.
  ["Exif", joined([0, 0, 0, 0], ascii("MM"), [0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0])],
  // XMP.
  ["mime", ascii('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')],
]);
const WEBP_EXIF_FLAG = 0x08;
const WEBP_XMP_FLAG = 0x04;

/**
 * A picture without metadata; the same array where there is none, or where the format is unknown. A broken picture
 * loses the metadata before the fault, except a WebP file that was cut off: that stays as it is.
 *
 * Not found: metadata inside of parts that stay (a colour profile, a JFIF segment), and bytes that belong to no segment
 * of a JPEG file or to no box of a HEIC or AVIF file.
 */
export function withoutMetadata(bytes: Bytes): Bytes {
  const parts = partsWithoutMetadata(bytes);
  if (!parts) return bytes;
  const picture = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    picture.set(part, at);
    at += part.length;
  }
  return picture;
}

/**
 * The same for a Blob of any type. What stays is a slice of the given one, so that a large picture is not copied.
 * Rejects where the content cannot be read.
 */
export async function blobWithoutMetadata(blob: Blob): Promise<Blob> {
  // A long video, for example, is not read.
  if (!formatOf(new Picture(new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer())))) return blob;
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const parts = partsWithoutMetadata(bytes)?.map((part) =>
    part.buffer === bytes.buffer ? blob.slice(part.byteOffset, part.byteOffset + part.length) : part,
  );
  return parts ? new Blob(parts, { type: blob.type }) : blob;
}

/** Views of the given bytes, and new arrays in place of what is removed; null where nothing is. */
function partsWithoutMetadata(bytes: Bytes): Bytes[] | null {
  const edits = editsOf(new Picture(bytes));
  if (!edits.length) return null;
  const parts: Bytes[] = [];
  let at = 0;
  for (const { start, end, content } of edits) {
    parts.push(bytes.subarray(at, start), content);
    at = end;
  }
  parts.push(bytes.subarray(at));
  return parts.filter((part) => part.length);
}

/** In order, and without those that change nothing. */
function editsOf(picture: Picture): Edit[] {
  const edits: Edit[] = [];
  try {
    for (const edit of formatOf(picture)?.(picture) ?? []) edits.push(edit);
  } catch {
    // The picture is broken from there on. The service decides whether it takes it.
  }
  return inOrder(edits.filter(({ start, end, content }) => !picture.has(start, end, content)));
}

/** By their start, and without those that overlap an earlier one: a hostile file may have such. */
function inOrder<Part extends { readonly start: number; readonly end: number }>(parts: Part[]): Part[] {
  let at = 0;
  return parts
    .sort((a, b) => a.start - b.start)
    .filter(({ start, end }) => {
      const isAhead = start >= at;
      if (isAhead) at = end;
      return isAhead;
    });
}

function formatOf(picture: Picture): ((picture: Picture) => Iterable<Edit>) | null {
  if (picture.text(0, 2) === "\xff\xd8") return editsOfJpeg;
  if (picture.text(0, 8) === "\x89PNG\r\n\x1a\n") return editsOfPng;
  if (picture.text(0, 4) === "RIFF" && picture.text(8, 4) === "WEBP") return editsOfWebp;
  if (/^GIF8[79]a$/.test(picture.text(0, 6))) return editsOfGif;
  if (picture.text(4, 4) !== "ftyp") return null;
  const brands = picture.text(8, Math.min(picture.u32(0), HEAD_BYTES) - 8);
  return HEIF_BRANDS.test(brands) ? editsOfHeif : null;
}

/** Reads numbers, big-endian by default. A number past the end throws a RangeError. */
class Picture {
  readonly length: number;
  readonly #view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.length = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Faster than `u8`, for all bytes of a file; 0 past the end. */
  byte(at: number): number {
    return this.bytes[at] ?? 0;
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }

  u16(at: number, isLittleEndian = false): number {
    return this.#view.getUint16(at, isLittleEndian);
  }

  u32(at: number, isLittleEndian = false): number {
    return this.#view.getUint32(at, isLittleEndian);
  }

  /** Of so many bytes: 0, 4 or 8. */
  number(at: number, size: number): number {
    return size === 8 ? Number(this.#view.getBigUint64(at)) : size === 4 ? this.u32(at) : 0;
  }

  text(at: number, length: number): string {
    return String.fromCharCode(...this.bytes.subarray(at, at + length));
  }

  has(start: number, end: number, content: Uint8Array): boolean {
    return end - start === content.length && content.every((byte, at) => byte === this.bytes[start + at]);
  }

  part(start: number, end: number): Picture {
    return new Picture(this.bytes.subarray(start, end));
  }

  /** Where a byte is next; the length where it is nowhere. */
  find(byte: number, from: number): number {
    const at = this.bytes.indexOf(byte, from);
    return at < 0 ? this.length : at;
  }
}

// ---- JPEG

function* editsOfJpeg(picture: Picture): Generator<Edit> {
  let hasExif = false;
  // Decoders, too, look for the next marker where other bytes come before it: those of a scan, or stray ones.
  for (let at = picture.find(0xff, 2); at < picture.length; at = picture.find(0xff, at)) {
    const start = at;
    const marker = picture.byte(start + 1);
    at = endOfSegment(picture, start);
    // Further pictures (MPF) and videos of phones, which have metadata of their own.
    if (marker === EOI) return yield { start: start + 2, end: picture.length, content: NOTHING };
    const isMetadata = at >= start + 4 && (marker === COM || (marker >= 0xe0 && marker <= 0xef));
    const kept = KEPT_SEGMENTS[marker];
    if (!isMetadata || (kept && picture.text(start + 4, kept.length) === kept)) continue;
    const isExif: boolean = !hasExif && marker === 0xe1 && picture.text(start + 4, EXIF.length) === EXIF;
    const exif: Bytes = isExif ? orientationOnly(picture.part(start + 4, at)) : NOTHING;
    hasExif ||= isExif;
    yield { start, end: at, content: exif.length ? exifSegment(exif) : NOTHING };
  }
}

/** The next byte where there is no segment: at a byte of a scan, or at a marker without a length. */
function endOfSegment(picture: Picture, at: number): number {
  const marker = picture.byte(at + 1);
  const hasLength = (marker >= 0xc0 && marker < RST0) || (marker > EOI && marker < 0xff);
  const end = hasLength && at + 4 <= picture.length ? at + 2 + picture.u16(at + 2) : 0;
  return end >= at + 4 && end <= picture.length ? end : at + 1;
}

function exifSegment(exif: Uint8Array): Bytes {
  const size = 2 + EXIF.length + exif.length;
  return joined([0xff, 0xe1, size >> 8, size & 0xff], ascii(EXIF), exif);
}

// ---- Exif

/** An Exif block (TIFF) that has only the orientation; empty where that is the usual one, or unknown. */
function orientationOnly(exif: Picture): Bytes {
  const orientation = orientationOf(exif);
  if (orientation === 1) return NOTHING;
  // Big-endian; one entry in the first directory: tag 0x0112, one 16-bit number; no next directory.
  return joined(ascii("MM"), [0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
}

function orientationOf(exif: Picture): number {
  try {
    // WebP files of some programs have the prefix of a JPEG segment, too.
    const start = exif.text(0, EXIF.length) === EXIF ? EXIF.length : 0;
    const isLittleEndian = exif.u16(start) === 0x4949;
    const directory = start + exif.u32(start + 4, isLittleEndian);
    const count = exif.u16(directory, isLittleEndian);
    for (let at = directory + 2; at < directory + 2 + count * 12; at += 12) {
      if (exif.u16(at, isLittleEndian) !== 0x0112 || exif.u16(at + 2, isLittleEndian) !== 3) continue;
      const orientation = exif.u16(at + 8, isLittleEndian);
      return orientation >= 1 && orientation <= 8 ? orientation : 1;
    }
  } catch {
    // A broken Exif block: viewers ignore it.
  }
  return 1;
}

// ---- PNG

function* editsOfPng(picture: Picture): Generator<Edit> {
  let hasExif = false;
  for (let at = 8; at < picture.length; ) {
    const start = at;
    const type = picture.text(at + 4, 4);
    // The last chunk of a file that was cut off is shorter than it says.
    at = Math.min(at + 12 + picture.u32(at), picture.length);
    if (type === "IEND") return yield { start: at, end: picture.length, content: NOTHING };
    if (!REMOVED_CHUNKS.has(type)) continue;
    const isExif: boolean = !hasExif && type === "eXIf";
    const exif: Bytes = isExif ? orientationOnly(picture.part(start + 8, at - 4)) : NOTHING;
    hasExif ||= isExif;
    yield { start, end: at, content: exif.length ? exifChunk(exif) : NOTHING };
  }
}

function exifChunk(exif: Uint8Array): Bytes {
  const checked = joined(ascii("eXIf"), exif);
  return joined(number32(exif.length), checked, number32(crc32(checked)));
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

// ---- WebP

function editsOfWebp(picture: Picture): Edit[] {
  const edits: Edit[] = [];
  const end = Math.min(picture.length, 8 + picture.u32(4, true));
  let flagsAt = 0;
  let exif: Bytes = NOTHING;
  for (let at = 12; at + 8 <= end; ) {
    const start = at;
    const type = picture.text(at, 4);
    const size = picture.u32(at + 4, true);
    // Decoders may refuse a file that was cut off once its size is another.
    if (at + 8 + size > end) return [];
    at = Math.min(at + 8 + size + (size & 1), end);
    if (type === "VP8X") flagsAt = start + 8;
    if (KEPT_CHUNKS.has(type)) continue;
    // Without VP8X there is no flag for it, and viewers do not read it.
    const isExif = type === "EXIF" && flagsAt > 0 && !exif.length;
    if (isExif) exif = orientationOnly(picture.part(start + 8, start + 8 + size));
    const content = isExif && exif.length ? joined(ascii("EXIF"), number32(exif.length, true), exif) : NOTHING;
    edits.push({ start, end: at, content });
  }
  const size = edits.reduce((sum, edit) => sum + edit.content.length - (edit.end - edit.start), end - 8);
  edits.push({ start: 4, end: 8, content: number32(size, true) });
  edits.push({ start: end, end: picture.length, content: NOTHING });
  if (flagsAt) {
    const flags = (picture.u8(flagsAt) & ~(WEBP_EXIF_FLAG | WEBP_XMP_FLAG)) | (exif.length ? WEBP_EXIF_FLAG : 0);
    edits.push({ start: flagsAt, end: flagsAt + 1, content: joined([flags]) });
  }
  return edits;
}

// ---- GIF

function* editsOfGif(picture: Picture): Generator<Edit> {
  let at = 13 + sizeOfColors(picture.u8(10));
  for (let block = picture.u8(at); block !== 0x3b; block = picture.u8(at)) {
    const start = at;
    if (block === 0x2c) at = endOfSubBlocks(picture, at + 11 + sizeOfColors(picture.u8(at + 9)));
    else if (block === 0x21) at = endOfSubBlocks(picture, at + 2);
    else throw new RangeError(`no block at ${at}`);
    const label = block === 0x21 ? picture.u8(start + 1) : 0;
    const isMetadata = label === 0xfe || (label === 0xff && !KEPT_EXTENSIONS.has(picture.text(start + 3, 11)));
    if (isMetadata) yield { start, end: at, content: NOTHING };
  }
  yield { start: at + 1, end: picture.length, content: NOTHING };
}

/** Bytes of a table of colours, by the flags of its descriptor. */
function sizeOfColors(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** The end of the file where it was cut off. */
function endOfSubBlocks(picture: Picture, from: number): number {
  let at = from;
  while (picture.byte(at)) at += 1 + picture.byte(at);
  return Math.min(at + 1, picture.length);
}

// ---- HEIC and AVIF

/** Writes over metadata in place, since offsets refer to all parts of the file. The orientation is not in Exif here. */
function* editsOfHeif(picture: Picture): Generator<Edit> {
  for (const box of boxesOf(picture, 0, picture.length)) {
    // `moov` describes a sequence of pictures.
    const boxes = box.type === "moov" ? boxesOf(picture, box.start, box.end) : [box];
    for (const { type, at, start, end } of boxes) {
      if (!REMOVED_BOXES.has(type)) continue;
      yield { start: at + 4, end: at + 8, content: ascii("free") };
      yield blank(start, end);
    }
    if (box.type === "meta") yield* editsOfItems(picture, box);
  }
}

function editsOfItems(picture: Picture, meta: Box): Edit[] {
  const boxes = new Map([...boxesOf(picture, meta.start + 4, meta.end)].map((box) => [box.type, box]));
  const [names, locations, data] = [boxes.get("iinf"), boxes.get("iloc"), boxes.get("idat")];
  if (!names || !locations) return [];
  const types = typesOfItems(picture, names);
  const found = locationsOfItems(picture, locations, data).filter(({ item }) => EMPTY_ITEMS.has(types.get(item) ?? ""));
  return inOrder(found).map(({ item, start, end }) => blank(start, end, EMPTY_ITEMS.get(types.get(item) ?? "")));
}

/** Spaces, after a content that says that there is none. */
function blank(start: number, end: number, empty: Bytes = NOTHING): Edit {
  const content = new Uint8Array(end - start).fill(0x20);
  if (empty.length <= content.length) content.set(empty);
  return { start, end, content };
}

function typesOfItems(picture: Picture, names: Box): Map<number, string> {
  const types = new Map<number, string>();
  const first = names.start + (picture.u8(names.start) === 0 ? 6 : 8);
  for (const { type, start } of boxesOf(picture, first, names.end)) {
    const version = picture.u8(start);
    if (type !== "infe") continue;
    // An item of the first two versions has no type, but a media type, as pictures have none.
    if (version < 2) types.set(picture.u16(start + 4), "mime");
    else if (version === 2) types.set(picture.u16(start + 4), picture.text(start + 8, 4));
    else types.set(picture.u32(start + 4), picture.text(start + 10, 4));
  }
  return types;
}

function locationsOfItems(picture: Picture, { start, end: limit }: Box, data: Box | undefined): Location[] {
  const found: Location[] = [];
  const version = picture.u8(start);
  const sizes = picture.u16(start + 4);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version ? sizes & 15 : 0;
  const idSize = version < 2 ? 2 : 4;
  const count = version < 2 ? picture.u16(start + 6) : picture.u32(start + 6);
  // Without a length, an extent is all of the file, and no file has metadata alone.
  if (!lengthSize) return found;
  let at = start + 6 + idSize;
  for (let left = count; left > 0 && at < limit; left -= 1) {
    const item = idSize === 2 ? picture.u16(at) : picture.u32(at);
    at += idSize;
    const method = version ? picture.u16(at) & 15 : 0;
    at += version ? 2 : 0;
    const isHere = picture.u16(at) === 0;
    const base = picture.number(at + 2, baseSize) + (method === 1 ? (data?.start ?? Infinity) : 0);
    at += 2 + baseSize;
    let extents = picture.u16(at);
    for (at += 2; extents > 0; extents -= 1, at += indexSize + offsetSize + lengthSize) {
      const first = base + picture.number(at + indexSize, offsetSize);
      const end = first + picture.number(at + indexSize + offsetSize, lengthSize);
      if (isHere && method < 2 && end <= picture.length && end > first) found.push({ item, start: first, end });
    }
  }
  return found;
}

/** As many as are whole: some programs append bytes that are no box. */
function* boxesOf(picture: Picture, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= to; ) {
    const size = picture.u32(at);
    const start = at + (size === 1 ? 16 : 8);
    const end = size === 0 ? to : at + (size === 1 ? picture.number(at + 8, 8) : size);
    if (end < start || end > to) return;
    yield { type: picture.text(at + 4, 4), at, start, end };
    at = end;
  }
}

// ---- Bytes

function ascii(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function number32(number: number, isLittleEndian = false): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number, isLittleEndian);
  return bytes;
}

function joined(...parts: (Uint8Array | number[])[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
