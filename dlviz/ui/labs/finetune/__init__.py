"""Fine-tuning lab: an encoder that knows language learns a few labelled sentences, in several ways."""
