import type { FormEvent, ReactNode } from "react";
import { useState } from "react";
import { ApiError } from "../api/problem.ts";
import { logIn } from "../api/session.ts";
import { text } from "../texts/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { troubleText } from "../ui/trouble.tsx";

/** Never which part was wrong. */
function wordsOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 401) return text("shell:wrongLogin");
  if (error instanceof ApiError && error.status === 429) return text("shell:tooManyLogins", { count: error.retryAfter ?? 5 });
  return text("shell:loginFailed", { detail: troubleText(error).words });
}

interface Login {
  name: string;
  password: string;
  busy: boolean;
  wrong: string;
  setName: (name: string) => void;
  setPassword: (password: string) => void;
  submit: () => void;
}

function useLogin(user: string): Login {
  const [name, setName] = useState(user);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const submit = (): void => {
    if (busy) return;
    setBusy(true);
    setWrong("");
    logIn(name.trim(), password).catch((error: unknown) => {
      setBusy(false);
      setPassword("");
      setWrong(wordsOf(error));
      document.getElementById("login-password")?.focus();
    });
  };
  return { name, password, busy, wrong, setName, setPassword, submit };
}

function Fields({ login }: { login: Login }): ReactNode {
  return (
    <>
      <label className="field">
        {text("shell:name")}
        <input
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus={login.name === ""}
          value={login.name}
          onChange={(event) => login.setName(event.target.value)}
        />
      </label>
      <label className="field">
        {text("shell:password")}
        <input
          id="login-password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          autoFocus={login.name !== ""}
          {...(login.name !== "" && { "data-first": true })}
          aria-invalid={login.wrong !== ""}
          aria-describedby="login-wrong"
          value={login.password}
          onChange={(event) => login.setPassword(event.target.value)}
        />
      </label>
      <p id="login-wrong" className="wrong" role="alert">
        {login.wrong}
      </p>
    </>
  );
}

const buttonText = (login: Login): string => text(login.busy ? "shell:loggingIn" : "shell:logIn");

export function LoginCard(): ReactNode {
  const login = useLogin("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    login.submit();
  };
  return (
    <main className="lone-card">
      <form onSubmit={submit}>
        <p className="product">{text("shell:product")}</p>
        <h1>{text("shell:loginTitle")}</h1>
        <Fields login={login} />
        <button type="submit" className="primary" disabled={login.busy}>
          {buttonText(login)}
        </button>
      </form>
    </main>
  );
}

export function LoginDialog({ user }: { user: string }): ReactNode {
  const login = useLogin(user);
  return (
    <Dialog
      title={text("shell:loginExpiredTitle")}
      onConfirm={login.submit}
      buttons={
        <button type="submit" className="primary" disabled={login.busy}>
          {buttonText(login)}
        </button>
      }
    >
      <p>
        {text("shell:loginExpired")} {text("shell:loginExpiredOther")}
      </p>
      <Fields login={login} />
    </Dialog>
  );
}
