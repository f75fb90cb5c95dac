/** What is filled field by field before it is handed out: the same without `readonly`. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }
