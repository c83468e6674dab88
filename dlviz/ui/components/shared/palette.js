// Written by dlviz/ui/components/palette.py from dlviz/figures/theme.py.

export const PALETTE = {
  scales: {
    sequential: ["#ffffff", "#d3e5f4", "#8fbfe3", "#3d8dc9", "#12609f", "#08305c"],
    diverging: ["#6e3000", "#b95a06", "#e8892b", "#f8bd80", "#fde3c8", "#ffffff", "#d3e5f4", "#8fbfe3", "#3d8dc9", "#12609f", "#08305c"],
    ink: ["#ffffff", "#16181d"],
    light: ["#000000", "#ffffff"],
  },
  accent: "#c2185b",
  classes: ["#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499", "#555555"],
  runs: ["#3d8dc9", "#b8860b", "#c2185b", "#aa4499", "#cc6677", "#b95a06"],
};
