// Reads what dlviz/ui/payload.py packs.

const HALF = new Float32Array(65536); // the number that each pattern of 16 bits stands for
for (let bits = 0; bits < 65536; bits++) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) HALF[bits] = sign * fraction * 2 ** -24;
  else if (exponent === 31) HALF[bits] = fraction ? NaN : sign * Infinity;
  else HALF[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const READERS = {
  float16: halves,
  float32: (buffer, offset, length) => new Float32Array(buffer, offset, length),
  uint8: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
};

function halves(buffer, offset, length) {
  const bits = new Uint16Array(buffer, offset, length);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = HALF[bits[i]];
  return values;
}

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

// The values above zero of an array that came before, and zeros.
function positive(source) {
  const values = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) values[i] = source[i] < 0 ? 0 : source[i];
  return values;
}

// -> the header, its `arrays` now name -> {values, shape}.
function unpack(bytes) {
  const buffer = bytes.slice().buffer;
  const headerLength = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headerLength)));
  for (const [name, { dtype, shape, offset, mask, positive_of: source }] of Object.entries(header.arrays)) {
    const length = shape.reduce((a, b) => a * b, 1);
    const start = 4 + headerLength + offset;
    const read = () => (mask ? sparse(buffer, start, length, mask) : READERS[dtype](buffer, start, length));
    header.arrays[name] = { shape, values: source ? positive(header.arrays[source].values) : read() };
  }
  return header;
}
