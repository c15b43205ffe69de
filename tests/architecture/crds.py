"""The fields that our manifests use of kinds that Kubernetes itself does not know, as their operators define them.

Written down by hand from rabbitmq.com/v1beta1 and keda.sh/v1alpha1; any other field is an error here.
"""

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
COUNT: Schema = {"type": "integer", "minimum": 0}
QUANTITY: Schema = {"type": ["string", "integer"], "pattern": r"^\d+(\.\d+)?(m|[KMGT]i?)?$"}


def exactly(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def kind(group: str, spec: Schema) -> Schema:
    metadata = exactly(("name",), name=TEXT, namespace=TEXT, labels={"type": "object"})
    return exactly(
        ("apiVersion", "kind", "metadata", "spec"), apiVersion={"const": group}, kind=TEXT, metadata=metadata, spec=spec
    )


RESOURCES = exactly(cpu=QUANTITY, memory=QUANTITY)
ANTI_AFFINITY = exactly(podAntiAffinity={"type": "object"})
RABBITMQ_CLUSTER = exactly(
    replicas={"type": "integer", "minimum": 1, "not": {"multipleOf": 2}},
    image={"type": "string", "pattern": r"^rabbitmq:4\.\d+\.\d+-management$"},
    terminationGracePeriodSeconds=COUNT,
    persistence=exactly(storage=QUANTITY, storageClassName=TEXT),
    resources=exactly(requests=RESOURCES, limits=RESOURCES),
    rabbitmq=exactly(additionalConfig=TEXT, additionalPlugins={"type": "array", "items": TEXT}),
    affinity=ANTI_AFFINITY,
)

# Values of a trigger's metadata are strings in the API, numbers too.
RABBITMQ_TRIGGER = exactly(
    ("type", "metadata", "authenticationRef"),
    type={"const": "rabbitmq"},
    metadata=exactly(
        ("protocol", "queueName", "mode", "value"),
        protocol={"enum": ["http"]},
        queueName=TEXT,
        mode={"enum": ["QueueLength"]},
        value={"type": "string", "pattern": r"^\d+$"},
    ),
    authenticationRef=exactly(("name",), name=TEXT),
)
CPU_TRIGGER = exactly(
    ("type", "metricType", "metadata"),
    type={"const": "cpu"},
    metricType={"enum": ["Utilization", "AverageValue"]},
    metadata=exactly(("value",), value={"type": "string", "pattern": r"^\d+$"}),
)
SCALED_OBJECT = exactly(
    ("scaleTargetRef", "triggers", "minReplicaCount", "maxReplicaCount"),
    scaleTargetRef=exactly(("name", "kind", "apiVersion"), name=TEXT, kind=TEXT, apiVersion={"const": "apps/v1"}),
    minReplicaCount={"type": "integer", "minimum": 1},
    maxReplicaCount={"type": "integer", "minimum": 1},
    pollingInterval=COUNT,
    cooldownPeriod=COUNT,
    triggers={"type": "array", "minItems": 1, "items": {"oneOf": [RABBITMQ_TRIGGER, CPU_TRIGGER]}},
)
SECRET_KEY = exactly(("parameter", "name", "key"), parameter=TEXT, name=TEXT, key=TEXT)
TRIGGER_AUTHENTICATION = exactly(secretTargetRef={"type": "array", "items": SECRET_KEY})

SCHEMAS = {
    "RabbitmqCluster": kind("rabbitmq.com/v1beta1", RABBITMQ_CLUSTER),
    "ScaledObject": kind("keda.sh/v1alpha1", SCALED_OBJECT),
    "TriggerAuthentication": kind("keda.sh/v1alpha1", TRIGGER_AUTHENTICATION),
}
