import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { isExpired } from "./api/problem.ts";
import { ApiError } from "./api/problem.ts";
import { onForget } from "./api/session.ts";
import { App } from "./shell/app.tsx";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/dialog.css";
import "./styles/shell.css";
import "./styles/orders.css";
import "./styles/order.css";
import "./styles/machine.css";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false, // the stream says what has changed
      retry: (failures, error) => failures < 1 && !isExpired(error) && !(error instanceof ApiError && error.status === 404),
    },
  },
});
onForget(() => queries.clear());

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
