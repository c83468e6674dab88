// Thumbnails that came on sheets, by the names of their pictures: one component brings them, others draw them too.

const SIDE = 56; // pixels of a thumbnail on its sheet
const ACROSS = 16; // thumbnails in a row of a sheet

const places = new Map(); // name -> {sheet, left, top}
const followers = new Set();

// bytes: a JPEG with a thumbnail for each name, row by row.
export async function takeSheet(names, bytes) {
  if (!names.length) return;
  const sheet = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  names.forEach((name, at) => places.set(name, { sheet, left: SIDE * (at % ACROSS), top: SIDE * Math.floor(at / ACROSS) }));
  for (const follow of followers) follow();
}

// Calls draw() whenever a sheet has come; returns a way to stop.
export function followSheets(draw) {
  followers.add(draw);
  return () => followers.delete(draw);
}

// Draws a thumbnail; a grey square until its sheet has come.
export function drawThumbnail(context, name, left, top, side) {
  const place = places.get(name);
  if (place) {
    context.imageSmoothingEnabled = true;
    context.drawImage(place.sheet, place.left, place.top, SIDE, SIDE, left, top, side, side);
    return;
  }
  context.fillStyle = "#8a939e55";
  context.fillRect(left, top, side, side);
}
