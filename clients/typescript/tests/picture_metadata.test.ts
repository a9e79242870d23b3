// What is removed from pictures, and that no file, however broken, stops an upload. The formats themselves are tested
// with exiftool, in Python.

import { describe, expect, test } from "vitest";
import { blobWithoutMetadata, withoutMetadata } from "../src/picture_metadata.js";
import { avif6, gif, jpeg6, png6, webp6 } from "./pictures.js";

type Bytes = Uint8Array<ArrayBuffer>;
const PICTURES = { jpeg6, png6, webp6, avif6, gif };
const NAMES = Object.keys(PICTURES) as (keyof typeof PICTURES)[];

const bytesOf = (...parts: (string | number[] | Uint8Array)[]): Bytes =>
  Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? Buffer.from(part, "latin1") : part)]));
const has = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(text, 0, "latin1");
/** Big-endian. */
const number = (value: number, size = 4): number[] =>
  Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** (size - 1 - at)) % 256);
const box = (type: string, ...content: (string | number[] | Uint8Array)[]): Bytes => {
  const inside = bytesOf(...content);
  return bytesOf(number(inside.length + 8), type, inside);
};
/** Of a JPEG file. */
const segment = (marker: number, content: string): Bytes =>
  bytesOf([0xff, marker], number(content.length + 2, 2), content);

describe.each(NAMES)("a picture (%s)", (name) => {
  const picture = PICTURES[name];

  test("has nothing left of what its camera wrote, and nothing is left to remove then", () => {
    const before = picture.slice();
    const clean = withoutMetadata(picture);
    expect([has(picture, "CAMERA"), has(clean, "CAMERA")]).toEqual([true, false]);
    expect(withoutMetadata(clean)).toBe(clean);
    expect(picture).toEqual(before);
  });

  test("is the same as a Blob, with its type", async () => {
    const clean = await blobWithoutMetadata(new Blob([picture], { type: "image/x" }));
    expect(clean.type).toBe("image/x");
    expect(new Uint8Array(await clean.arrayBuffer())).toEqual(withoutMetadata(picture));
  });

  test("that is cut off or broken anywhere stops nothing", () => {
    for (let at = 0; at < picture.length; at += 1) {
      withoutMetadata(picture.slice(0, at));
      for (const value of [0, 1, 0x7f, 0xff]) {
        const broken = picture.slice();
        broken[at] = value;
        expect(withoutMetadata(broken).length).toBeLessThanOrEqual(broken.length);
        broken.fill(value, at);
        withoutMetadata(broken);
      }
    }
  });
});

test.each([
  ["a text", bytesOf("JPEG? No.")],
  ["nothing", new Uint8Array(0)],
  ["one byte", bytesOf([0xff])],
  ["a JPEG file whose segment has no length", bytesOf([0xff, 0xd8, 0xff, 0xe1, 0, 0, 0xff, 0xd9])],
  ["a PNG file whose chunk is longer than it", bytesOf("\x89PNG\r\n\x1a\n", number(2 ** 32 - 1), "IDAT")],
  ["a video", bytesOf(box("ftyp", "isom", number(0), "mp42"), box("moov", box("udta", "CAMERA")))],
  ["a HEIC file whose box is longer than it", bytesOf(box("ftyp", "heic"), number(1), "meta", number(2 ** 60, 8))],
])("%s is left as it is", (_, bytes) => {
  expect(withoutMetadata(bytes)).toBe(bytes);
});

test("a view is read from its own start", () => {
  const inside = bytesOf("before", jpeg6, "after").subarray(6, 6 + jpeg6.length);
  expect(withoutMetadata(inside)).toEqual(withoutMetadata(jpeg6));
});

test("what follows the end of a JPEG file goes, and markers inside of it are no end", () => {
  const scan = [0xff, 0xda, 0, 3, 0, 1, 0xff, 0x00, 0xd9, 0xff, 0xd0, 2];
  const tables = [0xff, 0xff, 0xc4, 0, 4, 0xff, 0xd9];
  const picture = bytesOf([0xff, 0xd8], scan, tables, scan, [0xff, 0xd9]);
  expect(withoutMetadata(picture)).toBe(picture);
  expect(withoutMetadata(bytesOf(picture, jpeg6))).toEqual(picture);
});

test("metadata between the scans of a JPEG file goes, and an end of file inside of it is none", () => {
  const scan = [0xff, 0xda, 0, 3, 0, 1, 0xff, 0x00, 0xff, 0xd0, 2];
  const metadata = ["CAMERA\xff\xd9", "Exif\0\0CAMERA\xff\xd9"].flatMap((content) =>
    [0xe1, 0xef, 0xfe].map((marker) => segment(marker, content)),
  );
  for (const each of [...metadata, bytesOf(...metadata)]) {
    const clean = withoutMetadata(bytesOf([0xff, 0xd8], each, scan, each, scan, [0xff, 0xd9], each));
    expect(clean).toEqual(bytesOf([0xff, 0xd8], scan, scan, [0xff, 0xd9]));
  }
});

test("the height of a later frame of a JPEG file is no end of file", () => {
  const frame = segment(0xc1, "\x08\xff\xd9");
  const picture = bytesOf([0xff, 0xd8], frame, [0xff, 0xda, 0, 2, 1], frame, [0xff, 0xda, 0, 2, 1, 0xff, 0xd9]);
  expect(withoutMetadata(picture)).toBe(picture);
});

test.each([
  ["a stray byte", [0]],
  ["stray bytes", [1, 2, 0xff, 0, 3]],
  ["a marker without a length", [0xff, 1]],
  ["fill bytes", [0xff, 0xff]],
])("a segment of a JPEG file behind %s goes", (_, stray) => {
  const picture = (...exif: Bytes[]): Bytes => bytesOf([0xff, 0xd8], stray, ...exif, [0xff, 0xda, 0, 2, 7, 0xff, 0xd9]);
  expect(withoutMetadata(picture(segment(0xe1, "CAMERA")))).toEqual(picture());
});

test.each([
  ["PNG file without an end", png6.slice(0, -6), png6],
  ["PNG file whose text is cut off", bytesOf(png6.slice(0, -12), number(50), "tEXtCAMERA"), png6],
  ["GIF file without an end", gif.slice(0, -1), gif],
  ["GIF file whose comment is cut off", bytesOf(gif.slice(0, -1), [0x21, 0xfe, 50], "CAMERA"), gif],
  ["AVIF file with bytes behind its boxes", bytesOf(avif6, "stray bytes"), avif6],
  ["AVIF file with a byte behind its boxes", bytesOf(avif6, "\n"), avif6],
])("a %s has no metadata left before the fault", (_, broken, picture) => {
  const clean = withoutMetadata(broken);
  expect(has(clean, "CAMERA")).toBe(false);
  const pixels = Buffer.from(withoutMetadata(picture).slice(-40, -12));
  expect(Buffer.from(clean).includes(pixels)).toBe(true);
});

test("a GIF file keeps how often it repeats, and no other program's extension", () => {
  const extension = (name: string, content: string): Bytes =>
    bytesOf([0x21, 0xff, 11], name, [content.length], content, [0]);
  const kept = [extension("NETSCAPE2.0", "\x01\0\0"), extension("ICCRGBG1012", "profile")];
  const picture = bytesOf(gif.slice(0, 25), ...kept, extension("MGKIPTC0000", "CAMERA"), gif.slice(40));
  expect(withoutMetadata(picture)).toEqual(bytesOf(gif.slice(0, 25), ...kept, gif.slice(40)));
});

test("of a Blob that is no picture only the beginning is read", async () => {
  const read: number[] = [];
  class Counted extends Blob {
    override slice(start: number, end: number): Blob {
      read.push(end - start);
      return super.slice(start, end);
    }
    override arrayBuffer(): Promise<ArrayBuffer> {
      throw new Error("It is read as a whole.");
    }
  }
  const video = new Counted([box("ftyp", "isom"), box("mdat", new Uint8Array(2 ** 17))]);
  expect(await blobWithoutMetadata(video)).toBe(video);
  expect(Math.max(...read)).toBeLessThan(2 ** 16);
});

test("a JPEG file keeps JFIF, its colour profile and Adobe's segment, and no other application's", () => {
  const kept = [segment(0xe0, "JFIF\0."), segment(0xe2, "ICC_PROFILE\0."), segment(0xee, "Adobe.")];
  const removed = [segment(0xe0, "CIFF"), segment(0xe2, "MPF\0"), ...[0xe5, 0xed, 0xfe].map((marker) => segment(marker, "x"))];
  const rest = [0xff, 0xda, 0, 2, 0xff, 0xd9];
  const picture = bytesOf([0xff, 0xd8], ...kept, ...removed, rest);
  expect(withoutMetadata(picture)).toEqual(bytesOf([0xff, 0xd8], ...kept, rest));
});

describe("a HEIC file", () => {
  /** Items of the most general form: 32-bit ids, 64-bit offsets, several extents. */
  function heic(extents: [number, number][], method = 0): Bytes {
    const name = box("infe", [3, 0, 0, 0], number(70_000), [0, 0], "Exif\0");
    const places = extents.flatMap(([offset, length]) => [...number(0), ...number(offset, 8), ...number(length, 8)]);
    const item = [...number(70_000), 0, method, 0, 0, ...number(0, 8), ...number(extents.length, 2), ...places];
    const location = box("iloc", [2, 0, 0, 0, 0x88, 0x84], number(1), item);
    const names = box("iinf", [1, 0, 0, 0], number(1), name);
    const data = box("mdat", "pixels", "CAMERA".repeat(5), "pixels");
    return bytesOf(box("ftyp", "heic"), data, box("meta", [0, 0, 0, 0], names, location));
  }
  const START = 12 + 8 + 6;

  test("has its metadata written over, whose parts may be anywhere", () => {
    const clean = withoutMetadata(heic([[START + 24, 6], [START, 24]]));
    expect(has(clean, "CAMERA")).toBe(false);
    expect(Buffer.from(clean).toString("latin1").split("pixels")).toHaveLength(3);
    expect(clean.length).toBe(heic([[START, 24], [START + 24, 6]]).length);
  });

  test.each([
    ["overlap", [[START, 24], [START + 6, 24]], 0],
    ["are behind its end", [[2 ** 50, 24]], 0],
    ["are in a box that it has not", [[0, 24]], 1],
    ["are in another item", [[START, 24]], 2],
  ] as [string, [number, number][], number][])("whose parts %s stops nothing", (_, extents, method) => {
    const picture = heic(extents, method);
    expect(withoutMetadata(picture).length).toBe(picture.length);
  });

  test("that names the whole file thousands of times does not take its size thousands of times", () => {
    const size = 2 ** 22;
    const extents = Array.from({ length: 20_000 }, (): [number, number] => [0, size]);
    const picture = bytesOf(heic(extents), box("mdat", new Uint8Array(size)));
    expect(has(withoutMetadata(picture), "CAMERA")).toBe(false);
  });

  test("has no metadata left in boxes of other programs, nor in those of a sequence", () => {
    const sequence = (udta: Bytes, ...rest: Bytes[]): Bytes =>
      bytesOf(box("ftyp", "avis"), box("moov", box("trak", "x"), udta), ...rest);
    const blank = box("free", " ".repeat(6));
    const rest = ["uuid", "mpvd", "sefd"].map((type) => box(type, "CAMERA"));
    const picture = sequence(box("udta", "CAMERA"), ...rest);
    expect(withoutMetadata(picture)).toEqual(sequence(blank, ...rest.map(() => blank)));
  });

  test.each([0, 1])("has XMP written over that an entry of version %s names", (version) => {
    const name = box("infe", [version, 0, 0, 0], number(1, 2), [0, 0], "XMP\0application/rdf+xml\0\0");
    const item = [...number(1, 2), 0, 0, ...number(1, 2), ...number(12 + 8), ...number(6)];
    const location = box("iloc", [0, 0, 0, 0, 0x44, 0], number(1, 2), item);
    const names = box("iinf", [0, 0, 0, 0], number(1, 2), name);
    const meta = box("meta", [0, 0, 0, 0], names, location);
    expect(has(withoutMetadata(bytesOf(box("ftyp", "heic"), box("mdat", "CAMERA"), meta)), "CAMERA")).toBe(false);
  });

  test("is known by a compatible brand", () => {
    const picture = (content: Bytes): Bytes => bytesOf(box("ftyp", "xxxx", number(0), "miafheic"), content);
    expect(withoutMetadata(picture(box("uuid", "CAMERA")))).toEqual(picture(box("free", " ".repeat(6))));
  });
});
