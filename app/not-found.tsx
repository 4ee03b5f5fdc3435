import { ButtonLink } from "@/components/ui/button-link";

export default function NotFound() {
  return (
    <main className="grid min-h-[60dvh] place-content-center justify-items-start gap-3 px-6">
      <h1 className="text-title font-heading">There is no such page</h1>
      <p className="max-w-[52ch] text-fg2">
        It may have been deleted, or the link is cut short. Backups keep running either way.
      </p>
      <div className="flex flex-wrap gap-2">
        <ButtonLink href="/" variant="primary">
          Overview
        </ButtonLink>
        <ButtonLink href="/runs">Runs</ButtonLink>
      </div>
    </main>
  );
}
