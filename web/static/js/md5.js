/* MD5 (RFC 1321), which browsers don't bring and S3 stores check parts by. It guards against accidents only. */

const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** The digest of an ArrayBuffer as hexadecimal digits. Browsers run on little-endian machines, and so does this. */
export function md5(buffer) {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const whole = buffer.byteLength - (buffer.byteLength % 64);
  mix(state, new Int32Array(buffer, 0, whole / 4));
  mix(state, ending(new Uint8Array(buffer, whole), buffer.byteLength));
  return Array.from(new Uint8Array(state.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is left over, a 1, zeros, and the length in bits. */
function ending(rest, length) {
  const padded = new Uint8Array(rest.length < 56 ? 64 : 128);
  padded.set(rest);
  padded[rest.length] = 0x80;
  const words = new Int32Array(padded.buffer);
  words[words.length - 2] = length * 8;
  words[words.length - 1] = Math.floor(length / 2 ** 29);
  return words;
}

/** Four rounds over each block of 16 words; within a round four steps take turns at the state. */
function mix(state, words) {
  let [a0, b0, c0, d0] = state;
  for (let at = 0; at < words.length; at += 16) {
    let a = a0, b = b0, c = c0, d = d0;
    for (let i = 0; i < 16; i += 4) {
      a = turn(a + ((b & c) | (~b & d)) + SINES[i] + words[at + i], 7) + b | 0;
      d = turn(d + ((a & b) | (~a & c)) + SINES[i + 1] + words[at + i + 1], 12) + a | 0;
      c = turn(c + ((d & a) | (~d & b)) + SINES[i + 2] + words[at + i + 2], 17) + d | 0;
      b = turn(b + ((c & d) | (~c & a)) + SINES[i + 3] + words[at + i + 3], 22) + c | 0;
    }
    for (let i = 16; i < 32; i += 4) {
      a = turn(a + ((d & b) | (~d & c)) + SINES[i] + words[at + (5 * i + 1 & 15)], 5) + b | 0;
      d = turn(d + ((c & a) | (~c & b)) + SINES[i + 1] + words[at + (5 * i + 6 & 15)], 9) + a | 0;
      c = turn(c + ((b & d) | (~b & a)) + SINES[i + 2] + words[at + (5 * i + 11 & 15)], 14) + d | 0;
      b = turn(b + ((a & c) | (~a & d)) + SINES[i + 3] + words[at + (5 * i & 15)], 20) + c | 0;
    }
    for (let i = 32; i < 48; i += 4) {
      a = turn(a + (b ^ c ^ d) + SINES[i] + words[at + (3 * i + 5 & 15)], 4) + b | 0;
      d = turn(d + (a ^ b ^ c) + SINES[i + 1] + words[at + (3 * i + 8 & 15)], 11) + a | 0;
      c = turn(c + (d ^ a ^ b) + SINES[i + 2] + words[at + (3 * i + 11 & 15)], 16) + d | 0;
      b = turn(b + (c ^ d ^ a) + SINES[i + 3] + words[at + (3 * i + 14 & 15)], 23) + c | 0;
    }
    for (let i = 48; i < 64; i += 4) {
      a = turn(a + (c ^ (b | ~d)) + SINES[i] + words[at + (7 * i & 15)], 6) + b | 0;
      d = turn(d + (b ^ (a | ~c)) + SINES[i + 1] + words[at + (7 * i + 7 & 15)], 10) + a | 0;
      c = turn(c + (a ^ (d | ~b)) + SINES[i + 2] + words[at + (7 * i + 14 & 15)], 15) + d | 0;
      b = turn(b + (d ^ (c | ~a)) + SINES[i + 3] + words[at + (7 * i + 21 & 15)], 21) + c | 0;
    }
    a0 = a0 + a | 0; b0 = b0 + b | 0; c0 = c0 + c | 0; d0 = d0 + d | 0;
  }
  state.set([a0, b0, c0, d0]);
}

function turn(word, by) { return word << by | word >>> 32 - by; }
