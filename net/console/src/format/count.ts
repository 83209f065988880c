/** 10204 -> "10,204". */
export const formatCount = (value: number): string => value.toLocaleString("en-US");
