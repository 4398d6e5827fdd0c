declare module "react-dom/client";
