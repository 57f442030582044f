/** The Python that every contender runs. */
export const subject = new URL('./subject.py', import.meta.url)
