// QR codes (ISO/IEC 18004) of texts up to 213 bytes: byte mode, versions 1 to 10, correction level M.

import { drawn } from "./elements.js";

// Of each version: correction codewords a block, blocks, and data codewords in all.
const VERSIONS = [
  [10, 1, 16], [16, 1, 28], [26, 1, 44], [18, 2, 64], [24, 2, 86],
  [16, 4, 108], [18, 4, 124], [22, 4, 154], [22, 5, 182], [26, 5, 216],
];
// Where the middles of the alignment patterns lie.
const ALIGNMENT = [
  [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
];
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];
const QUIET_ZONE = 4;

/** The code as a drawing. @param {string} words @param {string} label */
export function qrCode(words, label) {
  const modules = qrModules(words);
  const side = modules.length + 2 * QUIET_ZONE;
  const path = modules.flatMap((row, y) => row.map((dark, x) =>
    (dark ? `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z` : ""))).join("");
  return drawn("svg", { class: "qr", viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": label },
    drawn("rect", { width: side, height: side, fill: "#fff" }),
    drawn("path", { d: path, fill: "#000", "shape-rendering": "crispEdges" }));
}

/** Rows of modules, true where dark. @param {string} words @returns {boolean[][]} */
export function qrModules(words) {
  const bytes = [...new TextEncoder().encode(words)];
  const version = VERSIONS.findIndex(([, , size], index) => bytes.length + (index < 9 ? 2 : 3) <= size) + 1;
  if (!version) throw new Error("Too long for a QR code");
  const codewords = interleaved(dataCodewords(bytes, version), version);
  const codes = MASKS.map((_, mask) => laidOut(codewords, version, mask));
  const penalties = codes.map(penalty);
  return codes[penalties.indexOf(Math.min(...penalties))];
}

function dataCodewords(bytes, version) {
  const size = VERSIONS[version - 1][2];
  const bits = [...bitsOf(4, 4), ...bitsOf(bytes.length, version < 10 ? 8 : 16)];
  for (const byte of bytes) bits.push(...bitsOf(byte, 8));
  // The terminator: four zeros, fewer where the code is full.
  bits.push(...bitsOf(0, Math.min(4, 8 * size - bits.length)));
  while (bits.length % 8) bits.push(0);
  const words = [];
  for (let start = 0; start < bits.length; start += 8) {
    words.push(parseInt(bits.slice(start, start + 8).join(""), 2));
  }
  for (let pad = 0; words.length < size; pad += 1) words.push(pad % 2 ? 0x11 : 0xec);
  return words;
}

function bitsOf(value, count) {
  return Array.from({ length: count }, (_, place) => (value >> (count - 1 - place)) & 1);
}

/** Data in blocks, the longer ones last, each with its correction; then a codeword of each in turn. */
function interleaved(words, version) {
  const [correction, count, size] = VERSIONS[version - 1];
  const long = size % count;
  let start = 0;
  const blocks = Array.from({ length: count }, (_, index) => {
    const length = Math.floor(size / count) + (index >= count - long ? 1 : 0);
    start += length;
    return words.slice(start - length, start);
  });
  const corrections = blocks.map((block) => remainder(block, correction));
  const inTurn = (lists) => lists.at(-1).flatMap((_, place) =>
    lists.filter((list) => place < list.length).map((list) => list[place]));
  return [...inTurn(blocks), ...inTurn(corrections)];
}

// Reed-Solomon over GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1.
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

function remainder(block, degree) {
  let generator = [1];
  let root = 1;
  for (let count = 0; count < degree; count += 1) {
    const shifted = [...generator, 0];
    generator.forEach((factor, place) => { shifted[place + 1] ^= times(factor, root); });
    generator = shifted;
    root = times(root, 2);
  }
  const rest = [...block, ...Array(degree).fill(0)];
  for (let place = 0; place < block.length; place += 1) {
    const factor = rest[place];
    generator.forEach((each, offset) => { rest[place + offset] ^= times(each, factor); });
  }
  return rest.slice(block.length);
}

function laidOut(codewords, version, mask) {
  const side = 17 + 4 * version;
  /** @type {(boolean | null)[][]} null where data goes */
  const modules = Array.from({ length: side }, () => Array(side).fill(null));
  const set = (x, y, dark) => {
    if (x >= 0 && y >= 0 && x < side && y < side) modules[y][x] = Boolean(dark);
  };
  const square = (x, y, radius, isDark) => {
    for (let down = -radius; down <= radius; down += 1) {
      for (let right = -radius; right <= radius; right += 1) {
        set(x + right, y + down, isDark(Math.max(Math.abs(down), Math.abs(right))));
      }
    }
  };
  for (let place = 0; place < side; place += 1) {
    set(place, 6, place % 2 === 0);
    set(6, place, place % 2 === 0);
  }
  const finder = (ring) => ring !== 2 && ring !== 4;
  square(3, 3, 4, finder);
  square(side - 4, 3, 4, finder);
  square(3, side - 4, 4, finder);
  const middles = ALIGNMENT[version - 1];
  const last = middles.at(-1);
  for (const x of middles) {
    for (const y of middles) {
      const onFinder = (x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6);
      if (!onFinder) square(x, y, 2, (ring) => ring !== 1);
    }
  }
  // Level M is 0 in the format's first two bits.
  const format = checkedBits(mask, 10, 0x537) ^ 0x5412;
  for (let bit = 0; bit < 15; bit += 1) {
    const dark = (format >> bit) & 1;
    const near = bit < 6 ? bit : bit + 1;
    if (bit < 8) set(8, near, dark);
    else set(8, side - 15 + bit, dark);
    if (bit < 8) set(side - 1 - bit, 8, dark);
    else set(bit === 8 ? 7 : 14 - bit, 8, dark);
  }
  set(8, side - 8, true);
  if (version > 6) {
    const bits = checkedBits(version, 12, 0x1f25);
    for (let bit = 0; bit < 18; bit += 1) {
      const [far, near] = [side - 11 + (bit % 3), Math.floor(bit / 3)];
      set(far, near, (bits >> bit) & 1);
      set(near, far, (bits >> bit) & 1);
    }
  }
  fillIn(modules, codewords.flatMap((word) => bitsOf(word, 8)), MASKS[mask]);
  return modules;
}

/** A value and behind it the remainder of its division by a polynomial. */
function checkedBits(value, degree, polynomial) {
  let rest = value;
  for (let count = 0; count < degree; count += 1) {
    rest = (rest << 1) ^ ((rest >> (degree - 1)) * polynomial);
  }
  return (value << degree) | rest;
}

/** Data in columns of two from the right, up and down in turn, past the upright timing pattern. */
function fillIn(modules, bits, masked) {
  const side = modules.length;
  let next = 0;
  let upward = true;
  for (let right = side - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < side; step += 1) {
      const y = upward ? side - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (modules[y][x] !== null) continue;
        modules[y][x] = Boolean(bits[next] ?? 0) !== masked(x, y);
        next += 1;
      }
    }
    upward = !upward;
  }
}

/** How hard a code is to read, by the standard's four rules. */
function penalty(modules) {
  const side = modules.length;
  const columns = modules.map((_, x) => modules.map((row) => row[x]));
  let sum = 0;
  for (const line of [...modules, ...columns]) {
    const text = line.map(Number).join("");
    for (const run of text.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
    for (const pattern of ["10111010000", "00001011101"]) {
      for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) sum += 40;
    }
  }
  for (let y = 0; y < side - 1; y += 1) {
    for (let x = 0; x < side - 1; x += 1) {
      const dark = modules[y][x];
      if (dark === modules[y][x + 1] && dark === modules[y + 1][x] && dark === modules[y + 1][x + 1]) sum += 3;
    }
  }
  const share = modules.flat().filter(Boolean).length / side ** 2;
  return sum + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}
