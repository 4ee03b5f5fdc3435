import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  // A build that is served is not overwritten by another one: the tests have a folder of their own.
  distDir: process.env.UNDERCROFT_BUILD_DIR ?? ".next",
  // Because it extends another, Next leaves it as it is. Types are checked by `npm run check`, once for all rooms.
  typescript: { tsconfigPath: "tsconfig.build.json", ignoreBuildErrors: true },
  reactStrictMode: true,
  poweredByHeader: false,
  // These open files, sockets or native code at run time; bundling them breaks their own path look-ups.
  serverExternalPackages: ["pino", "bullmq", "ioredis", "@prisma/client", "@prisma/adapter-pg", "pg"],
};

export default nextConfig;
