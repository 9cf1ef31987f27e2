def velocity(flow_m3h, diameter_m):
    v = flow_m3h / 3600 / (3.14 * diameter_m ** 2 / 4)
    print("velocity", v)
    return v

def pressure_loss(flow_m3h, diameter_m, length_m):
    return 0.02 * length_m / diameter_m * 1.2 / 2 * velocity(flow_m3h, diameter_m) ** 2

def diameter_for(flow_m3h, velocity_ms):
    return (flow_m3h / 3600 / velocity_ms * 4 / 3.14) ** 0.5
