"""The interoperability laboratory: what real stacks make of frames and packets, as profiles that predict."""
