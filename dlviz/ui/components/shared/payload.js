// Reads what dlviz/ui/components/wire_format.py packs.

const HALF = new Float32Array(65536);
for (let bits = 0; bits < 65536; bits++) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) HALF[bits] = sign * fraction * 2 ** -24;
  else if (exponent === 31) HALF[bits] = fraction ? NaN : sign * Infinity;
  else HALF[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const READERS = {
  float16: (buffer, offset, length) => Float32Array.from(new Uint16Array(buffer, offset, length), (bits) => HALF[bits]),
  float32: (buffer, offset, length) => new Float32Array(buffer, offset, length),
  uint8: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
};

// Values of which only those that are not zero travel, behind a bit for each.
function sparse(buffer, offset, length, mask) {
  const bits = new Uint8Array(buffer, offset, mask);
  const present = new Uint16Array(buffer, offset + mask);
  const values = new Float32Array(length);
  for (let i = 0, next = 0; i < length; i++) {
    if (bits[i >> 3] & (128 >> (i & 7))) values[i] = HALF[present[next++]];
  }
  return values;
}

// -> the header, its `arrays` now name -> {values, shape}.
export function unpack(bytes) {
  const buffer = bytes.slice().buffer;
  const headerLength = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headerLength)));
  for (const [name, { dtype, shape, offset, mask }] of Object.entries(header.arrays)) {
    const length = shape.reduce((a, b) => a * b, 1);
    const start = 4 + headerLength + offset;
    const values = mask ? sparse(buffer, start, length, mask) : READERS[dtype](buffer, start, length);
    header.arrays[name] = { shape, values };
  }
  return header;
}
