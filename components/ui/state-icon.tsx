import { CircleCheck, CircleDashed, CircleSlash, Loader, OctagonX, TriangleAlert } from "lucide-react";
import { type Tone, toneText } from "./tone";

/** The shape says the state without its colour: circle, triangle, octagon, spinner, dashed circle, struck circle. */
const shapes = {
  check: CircleCheck,
  alert: TriangleAlert,
  octagon: OctagonX,
  dashed: CircleDashed,
  slash: CircleSlash,
} as const;

export type StateShape = keyof typeof shapes | "spinner";

const sizes = { small: "size-3.5", medium: "size-[15px]", large: "size-[18px]" } as const;

type StateIconProps = { shape: StateShape; tone: Tone; size?: keyof typeof sizes; label?: string };

/** Decorative unless it has a label; a spinner becomes a dashed ring where motion is unwelcome. */
export function StateIcon({ shape, tone, size = "medium", label }: StateIconProps) {
  const look = `shrink-0 ${sizes[size]} ${toneText[tone]}`;
  const name = label ? ({ role: "img", "aria-label": label } as const) : ({ "aria-hidden": true } as const);
  if (shape === "spinner")
    return (
      <span className={`inline-flex ${look}`} {...name}>
        <Loader className="size-full animate-spin motion-reduce:hidden" strokeWidth={2} aria-hidden />
        <CircleDashed className="hidden size-full motion-reduce:block" strokeWidth={2} aria-hidden />
      </span>
    );
  const Shape = shapes[shape];
  return <Shape className={look} strokeWidth={2} {...name} />;
}
