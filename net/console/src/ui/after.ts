import { useEffect, useState } from "react";

/** True once `ms` have passed while `on`: what is there sooner shows no skeleton. */
export function useAfter(ms: number, on: boolean): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    if (!on) return setPassed(false);
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [ms, on]);
  return on && passed;
}
