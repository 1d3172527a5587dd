/** `make`, which remembers what it has made of texts: of up to `most`, then it begins anew. */
export const remember = (make: (text: string) => string, most: number): ((text: string) => string) => {
  const made = new Map<string, string>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const value = make(text);
    if (made.size === most) made.clear();
    made.set(text, value);
    return value;
  };
};
