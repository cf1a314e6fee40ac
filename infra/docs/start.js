// The validator badge would ask a server of swagger.io.
SwaggerUIBundle({ url: "/openapi.yaml", dom_id: "#swagger-ui", validatorUrl: null });
