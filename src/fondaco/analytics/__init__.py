"""Mathematics and models: arrays in, arrays out. No file, no SQL, no clock, no global state."""
