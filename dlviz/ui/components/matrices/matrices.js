// Matrices beside each other, as heat maps as wide as there is room, with a name for each row. Hover gives the value.

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".matrices");
  const message = unpack(data);
  const figures = message.matrices.map((matrix) => figure(root, { ...matrix, ...message.arrays[matrix.name] }));
  root.querySelector(".all").replaceChildren(...figures.map(({ box }) => box));
  return onResize(root, () => figures.forEach(paint));
}

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function figure(root, matrix) {
  const [box, map, room, canvas] = [element("figure"), element("div", "", "map"), element("div", "", "room"), element("canvas")];
  box.style.setProperty("--basis", `${matrix.basis}px`);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", matrix.alt);
  if (matrix.rows.length) map.append(labels(matrix));
  room.append(canvas);
  map.append(room);
  box.append(element("h4", matrix.title), element("p", matrix.note), map);
  const made = { box, room, canvas, matrix };
  canvas.onpointermove = (event) => hover(root, made, event);
  canvas.onpointerleave = () => (root.querySelector(".tip").hidden = true);
  return made;
}

function labels({ rows, row }) {
  const box = element("div", "", "labels");
  box.append(
    ...rows.map((name) => {
      const span = element("span", name);
      span.style.height = `${row}px`;
      return span;
    }),
  );
  return box;
}

function paint({ room, canvas, matrix }) {
  const [height, width] = matrix.shape;
  const [across, down] = [room.clientWidth, height * matrix.row];
  const context = sharpContext(canvas, across, down);
  const limit = matrix.limit || largest(matrix.values) || 1;
  context.drawImage(picture(matrix.values, height, width, matrix.scale, limit), 0, 0, across, down);
  context.strokeStyle = "#8a939e66";
  context.strokeRect(0.5, 0.5, across - 1, down - 1);
}

function hover(root, { canvas, matrix }, event) {
  const [height, width] = matrix.shape;
  const [row, column] = [Math.floor(event.offsetY / matrix.row), Math.floor((event.offsetX / canvas.clientWidth) * width)];
  const tip = root.querySelector(".tip");
  tip.hidden = row < 0 || row >= height || column < 0 || column >= width;
  if (tip.hidden) return;
  const place = `${matrix.rows[row] ?? `${matrix.item} ${row}`}, ${matrix.column} ${column}`;
  showTip({ root, tip }, event, short(matrix.values[row * width + column]), place);
}
