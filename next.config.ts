import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // These open files, sockets or native code at run time; bundling them breaks their own path look-ups.
  serverExternalPackages: ["pino", "bullmq", "ioredis", "@prisma/client", "@prisma/adapter-pg", "pg"],
};

export default nextConfig;
