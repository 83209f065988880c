// TikTok's document of the order: its lines, its buyer. As it came; what TikTok masks stays masked and says so.

import type { ReactNode } from "react";
import type { LineItem, Order } from "../api/types.ts";
import { groupsOf } from "../format/money.ts";
import { text } from "../texts/text.ts";
import { CopyText } from "../ui/copy.tsx";

export function Money({ currency, amount }: { currency: string | undefined; amount: string | undefined }): ReactNode {
  if (amount === undefined) return null;
  return (
    <span className="money">
      {currency && <span className="currency">{currency} </span>}
      {groupsOf(amount).map((group, index) => (
        <span key={index} className="group">
          {group}
        </span>
      ))}
    </span>
  );
}

export function Lines({ order }: { order: Order }): ReactNode {
  const lines = order.order_data?.line_items ?? [];
  return (
    <section className="lines" aria-labelledby="lines-title">
      <div className="section-head">
        <h2 id="lines-title">{lines.length === 0 ? text("order:lines") : text("order:linesCount", { count: lines.length })}</h2>
      </div>
      {lines.length === 0 ? (
        <p className="muted">{text("order:noLines")}</p>
      ) : (
        <table>
          <caption className="unseen">{text("order:lines")}</caption>
          <thead>
            <tr>
              <th scope="col">{text("order:line")}</th>
              <th scope="col">{text("order:sku")}</th>
              <th scope="col">{text("order:status")}</th>
              <th scope="col" className="right">
                {text("order:price")}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              <LineRow key={line.id ?? index} line={line} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function LineRow({ line }: { line: LineItem }): ReactNode {
  return (
    <tr className={line.display_status === "CANCELLED" ? "is-cancelled" : undefined}>
      <td>
        {line.product_name ?? line.id}
        {line.sku_name && <span className="muted">, {line.sku_name}</span>}
      </td>
      <td className="mono">{line.seller_sku}</td>
      <td className="tiktok-word">{line.display_status}</td>
      <td className="right">
        <Money currency={line.currency} amount={line.sale_price} />
      </td>
    </tr>
  );
}

function Shown({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div className="pair">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Masked({ value }: { value: string }): ReactNode {
  return (
    <>
      {value}
      {value.includes("***") && <span className="muted"> ({text("order:masked")})</span>}
    </>
  );
}

export function Details({ order }: { order: Order }): ReactNode {
  const data = order.order_data;
  const to = data?.recipient_address;
  const name = to?.name || data?.buyer_nickname;
  return (
    <section className="details" aria-labelledby="details-title">
      <div className="section-head">
        <h2 id="details-title">{text("order:details")}</h2>
      </div>
      {!data || Object.keys(data).length === 0 ? (
        <p className="muted">{text("order:noDetail")}</p>
      ) : (
        <dl>
          {name && (
            <Shown label={text("order:buyer")}>
              <Masked value={name} />
            </Shown>
          )}
          {to?.phone_number && (
            <Shown label={text("order:phone")}>
              <Masked value={to.phone_number} />
            </Shown>
          )}
          {to?.full_address && (
            <Shown label={text("order:address")}>
              <Masked value={[to.full_address, to.postal_code].filter(Boolean).join(", ")} />
            </Shown>
          )}
          {data.buyer_message && <Shown label={text("order:message")}>{data.buyer_message}</Shown>}
          {data.delivery_option_name && <Shown label={text("order:delivery")}>{data.delivery_option_name}</Shown>}
          {data.tracking_number && (
            <Shown label={text("order:tracking")}>
              {data.shipping_provider} <CopyText value={data.tracking_number} />
            </Shown>
          )}
          {data.payment?.total_amount && (
            <Shown label={text("order:total")}>
              <Money currency={data.payment.currency} amount={data.payment.total_amount} />
            </Shown>
          )}
        </dl>
      )}
    </section>
  );
}
