/** Returns `make` with a memory of its results: once there are `most` of them, all are forgotten. */
export const remember = <Made>(make: (text: string) => Made, most: number): ((text: string) => Made) => {
  const made = new Map<string, Made>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const value = make(text);
    if (made.size === most) made.clear();
    made.set(text, value);
    return value;
  };
};
