// Small pictures with a word under each; some of them lead somewhere, in a tab of its own.

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".gallery");
  const { alt, side, items, arrays } = unpack(data);
  root.setAttribute("aria-label", alt);
  root.replaceChildren(...items.map((item, index) => shown(item, side, arrays.pictures, index)));
}

function shown({ caption, href }, side, pictures, index) {
  const figure = document.createElement("figure");
  const canvas = painted(pictures, index, side);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", caption);
  const text = document.createElement("figcaption");
  text.textContent = caption;
  text.setAttribute("aria-hidden", "true");
  figure.append(canvas, text);
  if (!href) return figure;
  const link = document.createElement("a");
  Object.assign(link, { href, target: "_blank", rel: "noopener", title: "Open it in the CNN lab" });
  link.append(figure);
  return link;
}

// Grey pictures are ink on white paper; those with three colours are shown as they are.
function painted({ shape: [, height, width, colours], values }, index, side) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  canvas.style.width = canvas.style.height = `${side}px`;
  const image = new ImageData(width, height);
  const size = height * width;
  for (let pixel = 0; pixel < size; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = values[(index * size + pixel) * colours + (colours === 3 ? channel : 0)];
      image.data[4 * pixel + channel] = colours === 3 ? value : 255 - value;
    }
    image.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
