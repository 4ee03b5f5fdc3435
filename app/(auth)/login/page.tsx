import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Glyph } from "@/components/shell/glyph";
import { SignInForm } from "@/components/shell/sign-in-form";
import { findPageSession } from "@/lib/http/session";

export const metadata: Metadata = { title: "Sign in" };

type LoginPageProps = { searchParams: Promise<{ next?: string | string[] }> };

export default async function LoginPage({ searchParams }: LoginPageProps) {
  const { next } = await searchParams;
  const target = safeTarget(next);
  if (await findPageSession()) redirect(target);
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="grid w-full max-w-[360px] gap-6">
        <div className="flex items-center gap-2.5 text-lead font-heading">
          <Glyph />
          Undercroft
        </div>
        <div className="rounded-card border border-line bg-surface p-6 shadow-hair">
          <h1 className="mb-4 text-number font-heading">Sign in</h1>
          <SignInForm target={target} />
        </div>
        <p className="text-meta text-fg3">Backups keep running whether or not anybody is signed in.</p>
      </div>
    </main>
  );
}

/** Only a path of this app may be gone to: "//elsewhere" and "/\elsewhere" are other hosts to a browser. */
function safeTarget(next: string | string[] | undefined): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/";
}
