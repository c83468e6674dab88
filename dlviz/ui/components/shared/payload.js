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
  float16: halves,
  float32: (buffer, offset, length) => new Float32Array(buffer, offset, length),
  uint8: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
};

function halves(buffer, offset, length) {
  const bits = new Uint16Array(buffer, offset, length);
  const values = new Float32Array(length);
  for (let at = 0; at < length; at++) values[at] = HALF[bits[at]];
  return values;
}

// -> the header, its `arrays` now name -> {values, shape}.
export async function unpack(bytes) {
  const buffer = await inflated(bytes);
  const headerLength = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headerLength)));
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    const length = shape.reduce((a, b) => a * b, 1);
    header.arrays[name] = { shape, values: READERS[dtype](buffer, 4 + headerLength + offset, length) };
  }
  return header;
}

function inflated(bytes) {
  const { readable, writable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  writer.write(bytes);
  writer.close();
  return new Response(readable).arrayBuffer();
}
