// Keeps the lesson that a learner has brought from a file in this browser alone, and tells it to a session that asks.

import { keepLesson, readLesson } from "../shared/own_lesson.js";

let answered = ""; // the question that has been answered: a component is drawn again with every change of the theme

export default function ({ data, setStateValue }) {
  if (data.lesson) keepLesson(data.lesson);
  else if (data.asks !== answered) {
    answered = data.asks;
    setStateValue("kept", [readLesson(), data.asks]);
  }
}
