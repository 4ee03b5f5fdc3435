import Link from "next/link";
import type { ComponentProps } from "react";
import { type ButtonLook, buttonClass } from "./button-look";

type ButtonLinkProps = ButtonLook &
  Pick<ComponentProps<typeof Link>, "href" | "prefetch" | "aria-label"> & { isNewTab?: boolean };

/** Goes somewhere, so it is a link: it can be opened in a new tab. */
export function ButtonLink({ variant, size, isNewTab = false, ...rest }: ButtonLinkProps) {
  return <Link {...rest} {...(isNewTab && { target: "_blank" })} className={buttonClass({ variant, size })} />;
}
