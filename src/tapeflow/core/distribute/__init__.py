"""Room: strategies that run one program on several devices, their values and variables, clusters and layouts."""
