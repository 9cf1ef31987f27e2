"""Round ventilation ducts."""
import math

AIR_DENSITY_KG_M3 = 1.2
FRICTION_FACTOR = 0.02
SECONDS_PER_HOUR = 3600


def velocity(flow_m3h, diameter_m):
    """Mean velocity in m/s."""
    _require(flow_m3h >= 0, "flow_m3h must not be negative")
    _require(diameter_m > 0, "diameter_m must be positive")
    return flow_m3h / SECONDS_PER_HOUR / (math.pi * diameter_m**2 / 4)


def pressure_loss(flow_m3h, diameter_m, length_m):
    """Friction loss of a straight duct in Pa."""
    _require(length_m >= 0, "length_m must not be negative")
    v = velocity(flow_m3h, diameter_m)
    return FRICTION_FACTOR * length_m / diameter_m * AIR_DENSITY_KG_M3 / 2 * v**2


def diameter_for(flow_m3h, velocity_ms):
    """Diameter in m at which the flow has that velocity."""
    _require(flow_m3h >= 0, "flow_m3h must not be negative")
    _require(velocity_ms > 0, "velocity_ms must be positive")
    return math.sqrt(flow_m3h / SECONDS_PER_HOUR / velocity_ms * 4 / math.pi)


def _require(holds, message):
    if not holds:
        raise ValueError(message)
